Option Explicit
Option Compare Binary
' What Office calls when a button of the ribbon is pressed. Nothing here but the way to the action.

Public Sub PerfOnNew(control As IRibbonControl)
    PerfNewForm control.Tag
End Sub

Public Sub PerfOnScore(control As IRibbonControl)
    PerfScoreForm
End Sub

Public Sub PerfOnCheck(control As IRibbonControl)
    PerfCheckForm
End Sub

Public Sub PerfOnNext(control As IRibbonControl)
    PerfNextFinding
End Sub

Public Sub PerfOnClear(control As IRibbonControl)
    PerfClearMarks
End Sub

Public Sub PerfOnSubmit(control As IRibbonControl)
    PerfCheckBeforeSubmitting
End Sub

Public Sub PerfOnExport(control As IRibbonControl)
    PerfExportForm
End Sub

' Import, summary and report need Python: the tag names the action.
Public Sub PerfOnPython(control As IRibbonControl)
    PerfPythonAction control.Tag
End Sub

Public Sub PerfOnSettings(control As IRibbonControl)
    PerfChangeSettings control.Tag
End Sub

Public Sub PerfOnHelp(control As IRibbonControl)
    PerfShowHelp
End Sub
