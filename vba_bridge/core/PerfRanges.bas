Option Explicit
Option Compare Binary
Option Private Module
' Ranges in the arguments of a function, spread as Excel spreads them in its own functions.

' A range of so many rows is a whole column.
Private Const WHOLE_COLUMN As Long = 65536

' The contents of arguments, which may be ranges. Whole columns are cut together, where the last of their sheets ends.
Public Function ContentsGiven(ByVal given As Variant) As Variant
    Dim index As Long, last As Long, rows As Long, contents() As Variant
    For index = LBound(given) To UBound(given)
        If IsObject(given(index)) Then
            rows = UsedRows(given(index))
            If rows > last Then last = rows
        End If
    Next index
    ' Another array: in LibreOffice what is put where a range was would be written into its cells.
    ReDim contents(LBound(given) To UBound(given))
    For index = LBound(given) To UBound(given)
        If IsObject(given(index)) Then
            contents(index) = ContentsOf(CutAt(given(index), last))
        Else
            contents(index) = given(index)
        End If
    Next index
    ContentsGiven = contents
End Function

' How many rows of a whole column are in use, 1 at the least; 0 for any other range.
Private Function UsedRows(ByVal argument As Variant) As Long
    Dim cells As Object, used As Object
    Set cells = argument
    If cells.Rows.Count < WHOLE_COLUMN Then Exit Function
    Set used = cells.Worksheet.UsedRange
    UsedRows = used.Row + used.Rows.Count - cells.Row
    If UsedRows < 1 Then UsedRows = 1
End Function

Private Function CutAt(ByVal argument As Variant, ByVal last As Long) As Object
    Dim cells As Object
    Set cells = argument
    Set CutAt = cells
    If cells.Rows.Count < WHOLE_COLUMN Or cells.Rows.Count <= last Then Exit Function
    Set CutAt = cells.Worksheet.Range(cells.Cells(1, 1), cells.Cells(last, cells.Columns.Count))
End Function

' A function of single values over ranges. Each is as high and wide as the others, or of one row or column.
Public Function Spread(ByVal called As String, ByVal given As Variant) As Variant
    Dim height As Long, width As Long, index As Long, row As Long, column As Long, made() As Variant
    For index = LBound(given) To UBound(given)
        given(index) = AsRows(given(index))
        If IsArray(given(index)) Then
            If UBound(given(index), 1) > height Then height = UBound(given(index), 1)
            If UBound(given(index), 2) > width Then width = UBound(given(index), 2)
        End If
    Next index
    If height = 0 Then
        Spread = AnswerOf(called, given)
        Exit Function
    End If
    For index = LBound(given) To UBound(given)
        If Not Fits(given(index), height, width) Then
            Spread = CVErr(WRONG_VALUE)
            Exit Function
        End If
    Next index
    ReDim made(1 To height, 1 To width)
    For row = 1 To height
        For column = 1 To width
            made(row, column) = AnswerOf(called, OneOfEach(given, row, column))
        Next column
    Next row
    Spread = made
End Function

Private Function Fits(ByVal cells As Variant, ByVal height As Long, ByVal width As Long) As Boolean
    Fits = True
    If Not IsArray(cells) Then Exit Function
    If UBound(cells, 1) <> 1 And UBound(cells, 1) <> height Then Fits = False
    If UBound(cells, 2) <> 1 And UBound(cells, 2) <> width Then Fits = False
End Function

Private Function OneOfEach(ByVal given As Variant, ByVal row As Long, ByVal column As Long) As Variant
    Dim index As Long, singleValues() As Variant
    ReDim singleValues(LBound(given) To UBound(given))
    For index = LBound(given) To UBound(given)
        If IsArray(given(index)) Then
            singleValues(index) = given(index)(IIf(UBound(given(index), 1) = 1, 1, row), _
                IIf(UBound(given(index), 2) = 1, 1, column))
        Else
            singleValues(index) = given(index)
        End If
    Next index
    OneOfEach = singleValues
End Function

' An array in rows and columns from 1 on (one row where it has one dimension); single values as they are.
Public Function AsRows(ByVal given As Variant) As Variant
    Dim made() As Variant, row As Long, column As Long, first As Long, last As Long
    If Not IsArray(given) Then
        AsRows = given
        Exit Function
    End If
    If Dimensions(given) = 1 Then
        first = LBound(given)
        ReDim made(1 To 1, 1 To UBound(given) - first + 1)
        For column = first To UBound(given)
            made(1, column - first + 1) = given(column)
        Next column
    Else
        first = LBound(given, 1)
        last = LBound(given, 2)
        ReDim made(1 To UBound(given, 1) - first + 1, 1 To UBound(given, 2) - last + 1)
        For row = 1 To UBound(made, 1)
            For column = 1 To UBound(made, 2)
                made(row, column) = given(row + first - 1, column + last - 1)
            Next column
        Next row
    End If
    AsRows = made
End Function

Private Function Dimensions(ByVal given As Variant) As Long
    Dim upper As Long
    Dimensions = 1
    On Error GoTo OnlyOne
    upper = UBound(given, 2)
    Dimensions = 2
OnlyOne:
End Function
