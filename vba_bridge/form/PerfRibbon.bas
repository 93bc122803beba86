Option Explicit
Option Compare Binary
' What Office calls: buttons, what the ribbon asks about them, and Excel's undo. Nothing here but the way to the action.
' A control is an Object: its own type needs a reference to Office that WPS may lack, and then no module would compile.
'
' In the add-in the callbacks are called PerfAddinOn... and PerfAddinIs..., so that none of an open macro workbook is
' taken for them.

Private mRibbon As Object

Public Sub PerfOnNew(control As Object)
    PerfDo "new", control.Tag
End Sub

Public Sub PerfOnScore(control As Object)
    PerfDo "score", ""
End Sub

Public Sub PerfOnCheck(control As Object)
    PerfDo "check", ""
End Sub

Public Sub PerfOnNext(control As Object)
    PerfDo "next", ""
End Sub

Public Sub PerfOnClear(control As Object)
    PerfDo "clear", ""
End Sub

Public Sub PerfOnSubmit(control As Object)
    PerfDo "submit", ""
End Sub

Public Sub PerfOnExport(control As Object)
    PerfDo "export-json", ""
End Sub

' Import, summary and report need Python: the tag names the action.
Public Sub PerfOnPython(control As Object)
    PerfDo "python", control.Tag
End Sub

Public Sub PerfOnSettings(control As Object)
    PerfDo "settings", control.Tag
End Sub

Public Sub PerfOnHelp(control As Object)
    PerfDo "help", ""
End Sub

' ---- what the ribbon asks -------------------------------------------------------------------------------

Public Sub PerfOnLoad(ribbon As Object)
    Set mRibbon = ribbon
End Sub

Public Sub PerfIsShown(control As Object, ByRef shown As Variant)
    shown = Not HostHidesTab()
End Sub

Public Sub PerfIsEnabled(control As Object, ByRef enabled As Variant)
    enabled = PerfCanDo(control.Id)
End Sub

' Lets the ribbon ask again.
Public Sub PerfRefreshRibbon()
    On Error Resume Next
    If Not mRibbon Is Nothing Then mRibbon.Invalidate
End Sub

' ---- Excel's undo ---------------------------------------------------------------------------------------

' Takes back what Python wrote last.
Public Sub PerfUndo()
    PerfDo "undo", ""
End Sub

' Takes back the scores that VBA filled in.
Public Sub PerfUndoScores()
    PerfDo "undo-scores", ""
End Sub

' Takes back the marks of the last check.
Public Sub PerfUndoMarks()
    PerfDo "clear", ""
End Sub
