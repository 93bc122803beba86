Option Explicit
Option Compare Binary
Option Private Module
' The workbook whose cell is being computed, and its profile.

' Seconds for which a workbook's profile is not looked up again: a calculation asks for every cell.
Private Const PROFILE_SECONDS As Double = 2

Private mProfile As PerfProfile
Private mProfileOf As String
Private mProfileSince As Double

' The profile of the workbook whose cell is computed, looked up once in a calculation.
Public Function CallersProfile() As PerfProfile
    Dim caller As String
    caller = CallersName()
    If mProfile Is Nothing Or caller <> mProfileOf Or Abs(Timer - mProfileSince) > PROFILE_SECONDS Then
        Set mProfile = ProfileOfWorkbook()
        mProfileOf = caller
        mProfileSince = Timer
    End If
    Set CallersProfile = mProfile
End Function

' The profile of a workbook was changed: it is looked up again.
Public Sub ForgetProfile()
    Set mProfile = Nothing
End Sub

Private Function CallersName() As String
    On Error Resume Next
    CallersName = Application.Caller.Parent.Parent.FullName
End Function
