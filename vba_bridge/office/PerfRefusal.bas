Option Explicit
Option Compare Binary
Option Private Module
' An office's own form is read here only where Python would read the same. Wherever Python weighs one reading against
' another, or sees more than cells hold, reading ends with a refusal: a reason, and the cell it is about.

Public Const LAYOUT_REFUSED As Long = 7710

Private mWhy As String
Private mPlace As String

Public Sub ForgetRefusal()
    mWhy = ""
    mPlace = ""
End Sub

' Ends reading. why is the name of a sentence; row 0 is no cell.
Public Sub Refuse(ByVal why As String, ByVal row As Long, ByVal column As Long)
    mWhy = why
    mPlace = ""
    If row > 0 And column > 0 Then mPlace = ColumnLetters(column) & CStr(row)
    Err.Raise LAYOUT_REFUSED, "perfeval", why
End Sub

Public Sub RefuseItem(ByVal why As String, ByVal item As PerfItem)
    Refuse why, item.Row, item.FirstColumn
End Sub

' What to tell a person: that this layout needs Python, and why. Whatever else went wrong while reading is a refusal too.
Public Function RefusalTold() As String
    Dim reason As String
    reason = Sentence("macros.layout-" & IIf(Len(mWhy) > 0, mWhy, "other"))
    If Len(mPlace) > 0 Then reason = mPlace & " " & reason
    RefusalTold = Say("macros.needs-python", "why", reason)
End Function

Private Function ColumnLetters(ByVal column As Long) As String
    Do While column > 0
        ColumnLetters = Chr$(65 + (column - 1) Mod 26) & ColumnLetters
        column = (column - 1) \ 26
    Loop
End Function
