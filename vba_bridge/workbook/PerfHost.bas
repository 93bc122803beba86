Option Explicit
Option Compare Binary
Option Private Module
' What the macros ask of the file they stand in: a macro workbook has no Python. The add-in has a module of this name too.

Private Const ADDIN As String = "perfeval.xlam"

' Whether Python did the action of a button; nothing was done where it did not.
Public Function HostRunsPython(ByVal action As String) As Boolean
    HostRunsPython = False And Len(action) > 0
End Function

' Whether there is a Python to ask.
Public Function HostHasPython() As Boolean
    HostHasPython = False
End Function

' Whether a button asks Python first.
Public Function HostAsksFirst() As Boolean
    HostAsksFirst = False
End Function

' Where the functions are calculated: "python" or "vba".
Public Function HostFunctionsIn() As String
    HostFunctionsIn = "vba"
End Function

' Chooses where the functions are calculated; False where there is no choice.
Public Function HostChooses(ByVal where As String) As Boolean
    HostChooses = False And Len(where) > 0
End Function

' The add-in has the same tab: where it is open this one stays away.
Public Function HostHidesTab() As Boolean
    Dim book As Object
    On Error Resume Next
    Set book = Workbooks(ADDIN)
    HostHidesTab = Not book Is Nothing
End Function
