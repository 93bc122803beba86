Option Explicit
Option Compare Binary
Option Private Module
' What cells hold, and changing them so that it can be taken back.

' What was changed last, as texts, because LibreOffice forgets objects when a macro ends: the workbook, the sheet, and
' address and content of each cell, with CELL_MARK and PART_MARK between them.
Private Const CELL_MARK As String = vbVerticalTab
Private Const PART_MARK As String = vbFormFeed
Private mBook As String
Private mSheet As String
Private mChanged As String

' The content of a cell or, as rows, of a range. A cell formatted as currency is read with all its decimals, which
' .Value cuts to four; .Value2 has them, but gives a date as a number.
Public Function ContentsOf(ByVal cells As Object) As Variant
    Dim contents As Variant, exact As Variant, row As Long, column As Long
    contents = ValuesShown(cells)
    If IsArray(contents) Then
        For row = LBound(contents, 1) To UBound(contents, 1)
            For column = LBound(contents, 2) To UBound(contents, 2)
                If VarType(contents(row, column)) = vbCurrency Then
                    If IsEmpty(exact) Then exact = cells.Value2
                    contents(row, column) = exact(row, column)
                End If
            Next column
        Next row
    ElseIf VarType(contents) = vbCurrency Then
        contents = cells.Value2
    End If
    ContentsOf = contents
End Function

' .Value fails where a number that is no date is formatted as one.
Private Function ValuesShown(ByVal cells As Object) As Variant
    On Error GoTo AsNumbers
    ValuesShown = cells.Value
    Exit Function
AsNumbers:
    ValuesShown = cells.Value2
End Function

' The text of a content; "" for an error in the cell, with which nothing can be joined.
Public Function TextOrNothing(ByVal content As Variant) As String
    If VarType(content) <> vbError And VarType(content) <> vbNull Then TextOrNothing = content & ""
End Function

' The text of a content, a number as it would be written.
Public Function TextOfContent(ByVal content As Variant) As String
    Select Case VarType(content)
    Case vbEmpty, vbNull, vbError: TextOfContent = ""
    Case vbString: TextOfContent = content
    Case vbDate: TextOfContent = Format$(content, "yyyy-mm-dd")
    Case vbBoolean: TextOfContent = IIf(content, "TRUE", "FALSE")
    Case Else: TextOfContent = DecimalOf(CDbl(content))
    End Select
End Function

' ---- changes that can be taken back ---------------------------------------------------------------------

' The cells changed from now on are remembered, in place of those before.
Public Sub StartChanges(ByVal sheet As Object)
    mBook = sheet.Parent.Name
    mSheet = sheet.Name
    mChanged = ""
End Sub

' Whether a number may be put into the cell: it does not compute, and is not locked on a protected sheet.
Public Function IsFree(ByVal cell As Object) As Boolean
    If Left$(cell.Formula & "", 1) = "=" Then Exit Function
    IsFree = True
    If Not cell.Worksheet.ProtectContents Then Exit Function
    On Error Resume Next
    IsFree = Not cell.Locked
End Function

' Puts a number into a cell; what stood there is remembered first.
Public Sub ChangeCell(ByVal cell As Object, ByVal content As Variant)
    mChanged = mChanged & CELL_MARK & cell.Address(False, False) & PART_MARK & cell.Formula
    cell.Value = content
End Sub

' Puts back what was changed in the workbook in front, and gives how many cells that were.
Public Function TakeChangesBack() As Long
    Dim changed As Variant, parts As Variant, index As Long
    If ActiveWorkbook.Name <> mBook Then Exit Function
    changed = Split(mChanged, CELL_MARK)
    For index = 1 To UBound(changed)
        parts = Split(changed(index), PART_MARK)
        If PutBack(parts(0), parts(1)) Then TakeChangesBack = TakeChangesBack + 1
    Next index
    mChanged = ""
End Function

Private Function PutBack(ByVal address As String, ByVal content As String) As Boolean
    On Error GoTo Refused
    ActiveWorkbook.Worksheets(mSheet).Range(address).Formula = content
    PutBack = True
Refused:
End Function

' Lets Excel's own undo call a macro of this file, whichever others are open.
Public Sub OfferUndo(ByVal macro As String)
    On Error Resume Next
    Application.OnUndo Sentence("macros.undo"), "'" & Replace(ThisWorkbook.Name, "'", "''") & "'!" & macro
End Sub
