Option Explicit
Option Compare Binary
Option Private Module
' The sheet that lists the findings, with a link to each cell; and, hidden on it, what the marked cells looked like.

Private Const REVIEW_NAME As String = "perf_review"
Private Const GUIDE_NAME As String = "perf_guide"
Private Const FIRST_ROW As Long = 3
Private Const RECORD_COLUMN As Long = 10
Private Const NO_FILL As Long = -4142

' The sheet of the last check; Nothing where there is none.
Public Function ReviewSheet(ByVal book As Object) As Object
    Dim sheet As Object
    For Each sheet In book.Worksheets
        If sheet.Name = Sentence("review.sheet") Then Set ReviewSheet = sheet
    Next sheet
End Function

' An empty sheet for the findings, behind all others.
Public Function NewReviewSheet(ByVal book As Object) As Object
    Dim sheet As Object, formSheet As Object
    Set sheet = ReviewSheet(book)
    If sheet Is Nothing Then
        Set formSheet = book.ActiveSheet
        Set sheet = book.Worksheets.Add(, book.Worksheets(book.Worksheets.Count))
        sheet.Name = Sentence("review.sheet")
        formSheet.Activate
    End If
    sheet.Cells.Clear
    DescribeSheet sheet
    Set NewReviewSheet = sheet
End Function

' Names that tell the reader of forms that there is none here.
Private Sub DescribeSheet(ByVal sheet As Object)
    Dim target As String
    target = "='" & Replace(sheet.Name, "'", "''") & "'!$A$1"
    On Error Resume Next
    sheet.Names.Add REVIEW_NAME, target
    sheet.Names.Add GUIDE_NAME, target
End Sub

Public Sub WriteFindings(ByVal sheet As Object, ByVal form As PerfForm, ByVal findings As Collection)
    Dim finding As PerfFinding, row As Long
    WriteHead sheet, findings
    row = FIRST_ROW
    For Each finding In findings
        WriteFinding sheet, row, form.Sheet.Name, finding
        row = row + 1
    Next finding
End Sub

Private Sub WriteHead(ByVal sheet As Object, ByVal findings As Collection)
    Dim keys As Variant, widths As Variant, index As Long, title As String
    title = Sentence("review.title")
    title = Replace(title, "{error}", CStr(CountOf(findings, "error")))
    title = Replace(title, "{warning}", CStr(CountOf(findings, "warning")))
    sheet.Cells(1, 1).Value = Replace(title, "{info}", CStr(CountOf(findings, "info")))
    sheet.Cells(1, 1).Font.Bold = True
    sheet.Cells(1, 6).Value = Sentence("macros.not-checked")
    keys = Array("number", "severity", "code", "sheet-column", "cell", "message", "found", "expected", "advice")
    widths = Array(5, 7, 8, 18, 8, 56, 18, 18, 44)
    For index = 0 To 8
        sheet.Cells(2, index + 1).Value = Sentence("review." & keys(index))
        sheet.Cells(2, index + 1).Font.Bold = True
        sheet.Columns(index + 1).ColumnWidth = widths(index)
    Next index
    sheet.Range(sheet.Columns(RECORD_COLUMN), sheet.Columns(RECORD_COLUMN + 2)).Hidden = True
End Sub

Public Function CountOf(ByVal findings As Collection, ByVal severity As String) As Long
    Dim finding As PerfFinding
    For Each finding In findings
        If finding.Severity = severity Then CountOf = CountOf + 1
    Next finding
End Function

Private Sub WriteFinding(ByVal sheet As Object, ByVal row As Long, ByVal formName As String, ByVal finding As PerfFinding)
    Dim texts As Variant, index As Long
    texts = Array("", Sentence("review." & finding.Severity), finding.Code, formName, finding.Address, finding.Message, _
        finding.Found, finding.Expected, finding.Advice)
    sheet.Cells(row, 1).Value = row - FIRST_ROW + 1
    For index = 1 To 8
        sheet.Cells(row, index + 1).NumberFormat = "@"
        sheet.Cells(row, index + 1).Value = texts(index)
        sheet.Cells(row, index + 1).WrapText = True
    Next index
    If Len(finding.Address) > 0 Then AddLink sheet, sheet.Cells(row, 5), formName, finding.Address
End Sub

Private Sub AddLink(ByVal sheet As Object, ByVal cell As Object, ByVal formName As String, ByVal address As String)
    On Error Resume Next
    sheet.Hyperlinks.Add cell, "", "'" & Replace(formName, "'", "''") & "'!" & address, , address
End Sub

' ---- what cells looked like -----------------------------------------------------------------------------

' Every program that marks a form notes on the line of the finding what its cell looked like: the colour as a number
' (-1 for none) and the comment. The command check writes into a file instead: sheet, cell and the file's own fill.

' Notes on the line of a finding how its cell looked before.
Public Sub RecordLook(ByVal sheet As Object, ByVal position As Long, ByVal cell As Object, ByVal comment As String)
    sheet.Cells(FIRST_ROW + position - 1, RECORD_COLUMN).Value = ColorOf(cell)
    sheet.Cells(FIRST_ROW + position - 1, RECORD_COLUMN + 1).NumberFormat = "@"
    sheet.Cells(FIRST_ROW + position - 1, RECORD_COLUMN + 1).Value = comment
End Sub

' The marked cells in order, each an array of sheet, address, look and comment.
Public Function RecordedLooks(ByVal sheet As Object) As Collection
    Dim row As Long, found As Collection, look As String
    Set found = New Collection
    row = FIRST_ROW
    Do While Len(sheet.Cells(row, 1).Value & sheet.Cells(row, RECORD_COLUMN + 1).Value & "") > 0
        look = sheet.Cells(row, RECORD_COLUMN).Value & ""
        If Len(sheet.Cells(row, RECORD_COLUMN + 2).Value & "") > 0 Then
            found.Add Array(look, sheet.Cells(row, RECORD_COLUMN + 1).Value & "", _
                sheet.Cells(row, RECORD_COLUMN + 2).Value & "", "")
        ElseIf Len(look) > 0 Then
            found.Add Array(sheet.Cells(row, 4).Value & "", sheet.Cells(row, 5).Value & "", look, _
                sheet.Cells(row, RECORD_COLUMN + 1).Value & "")
        End If
        row = row + 1
    Loop
    Set RecordedLooks = found
End Function

' The fill of a cell as RRGGBB, -1 for none.
Private Function ColorOf(ByVal cell As Object) As Long
    Dim color As Long
    ColorOf = -1
    If cell.Interior.ColorIndex = NO_FILL Then Exit Function
    color = cell.Interior.Color
    ColorOf = (color Mod 256) * 65536 + ((color \ 256) Mod 256) * 256 + color \ 65536
End Function

' Gives the cell the fill that was recorded.
Public Sub RestoreLook(ByVal cell As Object, ByVal look As String)
    Dim color As Long, at As Long
    color = -1
    at = InStr(1, look, "<fgColor rgb=""")
    If at > 0 And Holds(look, "solid") Then
        color = CLng("&H0" & Mid$(look, at + 16, 6))
    ElseIf at = 0 And Left$(look, 1) <> "<" Then
        color = CLng(Val(look))
    End If
    If color < 0 Then
        cell.Interior.ColorIndex = NO_FILL
    Else
        cell.Interior.Color = RGB(color \ 65536, (color \ 256) Mod 256, color Mod 256)
    End If
End Sub
