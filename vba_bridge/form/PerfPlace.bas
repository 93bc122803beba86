Option Explicit
Option Compare Binary
Option Private Module
' Whether a range holds a form: one made from a template, which VBA reads, or one drawn by hand, which only Python reads.

' Where on a sheet a form would begin, and what is too long for a label.
Private Const MOST_ROWS As Long = 60
Private Const MOST_COLUMNS As Long = 30
Private Const MOST_IN_LABEL As Long = 30

' The form of a range; Nothing where it does not hold the whole of a form made from a template. Raises for what is no
' range.
Public Function FormIn(ByVal argument As Variant) As PerfForm
    Dim area As Object, found As PerfForm
    If Not IsObject(argument) Then Err.Raise WRONG_ARGUMENT
    Set area = argument
    If Len(TemplateMark(area.Worksheet)) = 0 Then Exit Function
    Set found = New PerfForm
    found.ReadRange area
    If IsWhole(found, area) Then Set FormIn = found
End Function

' From the year on top to the total at the end.
Private Function IsWhole(ByVal found As PerfForm, ByVal area As Object) As Boolean
    IsWhole = Covers(area, found.SingleCell("fiscal_year")) And Covers(area, found.SingleCell("total.score"))
End Function

' A cell whose name was lost says nothing.
Private Function Covers(ByVal area As Object, ByVal cell As Object) As Boolean
    Covers = True
    If cell Is Nothing Then Exit Function
    If cell.Row < area.Row Or cell.Row >= area.Row + area.Rows.Count Then Covers = False
    If cell.Column < area.Column Or cell.Column >= area.Column + area.Columns.Count Then Covers = False
End Function

' What a range holds that has no whole form of a template: no form, or one that only Python reads.
Public Function WithoutForm(ByVal argument As Variant) As String
    Dim area As Object
    Set area = argument
    If Not LooksLikeForm(area) Then
        WithoutForm = Say("errors.no-form", "path", "-")
    ElseIf Len(TemplateMark(area.Worksheet)) > 0 Then
        WithoutForm = Sentence("macros.part-of-form")
    Else
        WithoutForm = Sentence("macros.needs-template")
    End If
End Function

' Whether a range looks like a form, by what the reader in Python asks for at the least: the heading of the table of
' indicators in one row, and a label of the project's name, the heading of the funds, or a level for the rest of a form.
Private Function LooksLikeForm(ByVal area As Object) As Boolean
    Dim row As Long, columns As String, hasTable As Boolean, hasOther As Boolean
    For row = 1 To Lesser(area.Rows.Count, MOST_ROWS)
        columns = ColumnsIn(area, row)
        If CountIn(columns, Array(" project-name ", " executed ", " level ")) > 0 Then hasOther = True
        If Holds(columns, " name ") And CountIn(columns, Array(" target ", " actual ", " score ")) >= 2 Then hasTable = True
    Next row
    LooksLikeForm = hasTable And hasOther
End Function

' What the labels of a row stand over, with a space around each.
Private Function ColumnsIn(ByVal area As Object, ByVal row As Long) As String
    Dim column As Long, content As Variant
    ColumnsIn = " "
    For column = 1 To Lesser(area.Columns.Count, MOST_COLUMNS)
        content = area.Cells(row, column).Value
        If VarType(content) = vbString Then
            If Len(content) <= MOST_IN_LABEL Then ColumnsIn = ColumnsIn & Words("form labels").Meaning(LabelKey(content)) & " "
        End If
    Next column
End Function

Private Function CountIn(ByVal columns As String, ByVal wanted As Variant) As Long
    Dim index As Long
    For index = LBound(wanted) To UBound(wanted)
        If Holds(columns, wanted(index)) Then CountIn = CountIn + 1
    Next index
End Function

Private Function Lesser(ByVal one As Long, ByVal other As Long) As Long
    Lesser = IIf(one < other, one, other)
End Function
