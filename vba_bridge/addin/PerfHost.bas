Option Compare Binary
Option Private Module
' What the macros ask of the file they stand in: the add-in, which has a way to Python. A macro workbook has a module of
' this name too. No Option Explicit: without the xlwings runtime its names must only fail when they are used.

Private mPythonFailed As Boolean
Private mEvents As Object

' ---- functions ------------------------------------------------------------------------------------------

' Where the functions are calculated: "python" or "vba".
Public Function HostFunctionsIn() As String
    HostFunctionsIn = GetSetting("perfeval", "settings", "functions", "python")
End Function

' Chooses where the functions are calculated; Python is tried again after it failed.
Public Function HostChooses(ByVal where As String) As Boolean
    SaveSetting "perfeval", "settings", "functions", where
    mPythonFailed = False
    HostChooses = True
End Function

' Whether a function asks Python.
Public Function PythonIsAsked() As Boolean
#If Mac Then
    PythonIsAsked = False
#Else
    PythonIsAsked = Not mPythonFailed And HostFunctionsIn() <> "vba"
#End If
End Function

' A wrong argument fails in both hosts. When only Python failed, it is not asked again before the setting is touched.
Public Sub NoteFailure(ByVal failed As Boolean, ByVal answer As Variant)
    If failed And Not IsError(answer) Then mPythonFailed = True
End Sub

' ---- buttons --------------------------------------------------------------------------------------------

' Whether Python did the action of a button; nothing was done where it did not. Python tells the person what it did.
Public Function HostRunsPython(ByVal action As String) As Boolean
    Dim answered As Variant
    On Error GoTo NoPython
    If Not HostHasPython() Then Exit Function
    answered = RunPython("import perfeval_xl.excel.bridge as bridge; bridge.press('" & action & "')")
    HostRunsPython = True
    If Not IsEmpty(answered) Then HostRunsPython = (answered <> -1)
    mPythonFailed = Not HostRunsPython
    Exit Function
NoPython:
    mPythonFailed = True
End Function

' Whether there is a Python to ask: the user's settings name one.
Public Function HostHasPython() As Boolean
    On Error GoTo NoSettings
#If Mac Then
    HostHasPython = Len(GetConfig("INTERPRETER_MAC", "")) > 0
#Else
    HostHasPython = Len(GetConfig("INTERPRETER_WIN", "")) > 0
#End If
NoSettings:
End Function

' Whether a button asks Python first: it reads any form and looks for more. On a Mac it answers late and asks for leave,
' so that there a form that VBA reads is VBA's.
Public Function HostAsksFirst() As Boolean
    HostAsksFirst = Not mPythonFailed And HostFunctionsIn() <> "vba" And HostHasPython()
#If Mac Then
    If HostAsksFirst Then HostAsksFirst = ActiveForm() Is Nothing
#End If
End Function

' The tab of the add-in is always there.
Public Function HostHidesTab() As Boolean
    HostHidesTab = False
End Function

' ---- while the add-in is loaded -------------------------------------------------------------------------

' Follows the workbooks that are opened and shown; those open already are mended now.
Public Sub StartListening()
    Dim events As PerfEvents, book As Object
    Set events = New PerfEvents
    events.Listen Application
    Set mEvents = events
    For Each book In Workbooks
        MendLinks book
    Next book
End Sub

' Formulas keep where the add-in was on the computer they were written on; here it is elsewhere.
Public Sub MendLinks(ByVal book As Object)
    Dim links As Variant, index As Long
    On Error Resume Next
    links = book.LinkSources(1)
    If IsEmpty(links) Then Exit Sub
    For index = LBound(links) To UBound(links)
        If IsOtherCopy(links(index) & "") Then book.ChangeLink links(index), ThisWorkbook.FullName, 1
    Next index
End Sub

Private Function IsOtherCopy(ByVal path As String) As Boolean
    Dim plain As String
    plain = LCase$(Replace(path, "\", "/"))
    If Mid$(plain, InStrRev(plain, "/") + 1) <> LCase$(ThisWorkbook.Name) Then Exit Function
    IsOtherCopy = plain <> LCase$(Replace(ThisWorkbook.FullName, "\", "/"))
End Function
