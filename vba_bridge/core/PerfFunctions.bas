Option Explicit
Option Compare Binary
' The worksheet functions. A range in gives an array out; none is volatile; a wrong argument gives #VALUE!; what
' cannot be decided gives "". Single values, a row and a column are used again for the rows and columns of others.
'
' A target may stand in a list of levels (the 5th argument) that turn its direction round: costs are ceilings.

' A cell holds no longer text.
Private Const MOST_CHARACTERS As Long = 32767

' The score by rule; "" when there is none, or a range of points that only a reviewer can settle.
Public Function PERF_SCORE(ByVal target As Variant, ByVal actual As Variant, ByVal weight As Variant, _
    Optional ByVal profile As Variant, Optional ByVal level As Variant) As Variant
    If IsMissing(profile) Then profile = ""
    If IsMissing(level) Then level = ""
    PERF_SCORE = Spread("PERF_SCORE", ContentsGiven(Array(target, actual, weight, profile, level)))
End Function

' Why that score, or why none; "" beside an empty row.
Public Function PERF_EXPLAIN(ByVal target As Variant, ByVal actual As Variant, ByVal weight As Variant, _
    Optional ByVal profile As Variant, Optional ByVal level As Variant) As Variant
    If IsMissing(profile) Then profile = ""
    If IsMissing(level) Then level = ""
    PERF_EXPLAIN = Spread("PERF_EXPLAIN", ContentsGiven(Array(target, actual, weight, profile, level)))
End Function

' actual/target in one unit; "" where it is not decided whether the target was met, or there is no ratio.
Public Function PERF_RATE(ByVal target As Variant, ByVal actual As Variant) As Variant
    PERF_RATE = Spread("PERF_RATE", ContentsGiven(Array(target, actual)))
End Function

' The execution rate as a ratio, half-up to a hundredth of a percent; "" without a budget above 0.
Public Function PERF_EXEC_RATE(ByVal executed As Variant, ByVal budget As Variant) As Variant
    PERF_EXEC_RATE = Spread("PERF_EXEC_RATE", ContentsGiven(Array(executed, budget)))
End Function

' The execution score: rate times weight (10 if left out), at most the weight, half-up to two decimals.
Public Function PERF_EXEC_SCORE(ByVal executed As Variant, ByVal budget As Variant, _
    Optional ByVal weight As Variant) As Variant
    If IsMissing(weight) Then weight = ""
    PERF_EXEC_SCORE = Spread("PERF_EXEC_SCORE", ContentsGiven(Array(executed, budget, weight)))
End Function

' The grade of a total; "" for a blank and for a total below 0 or above the full marks.
Public Function PERF_GRADE(ByVal total As Variant, Optional ByVal profile As Variant) As Variant
    If IsMissing(profile) Then profile = ""
    PERF_GRADE = Spread("PERF_GRADE", ContentsGiven(Array(total, profile)))
End Function

' The one number of a text, magnitude and % applied; "" when it is not sure.
Public Function PERF_VALUE(ByVal text As Variant) As Variant
    PERF_VALUE = Spread("PERF_VALUE", ContentsGiven(Array(text)))
End Function

' The unit of that number as written; "" where there is none.
Public Function PERF_UNIT(ByVal text As Variant) As Variant
    PERF_UNIT = Spread("PERF_UNIT", ContentsGiven(Array(text)))
End Function

' The execution score and all scores added up exactly; "" when all are blank.
Public Function PERF_TOTAL(ByVal execution_score As Variant, ByVal scores As Variant) As Variant
    Dim given As Variant, cells As Variant, row As Long, column As Long, total As String
    On Error GoTo Wrong
    given = ContentsGiven(Array(execution_score, scores))
    cells = AsRows(given(1))
    If IsArray(cells) Then
        For row = LBound(cells, 1) To UBound(cells, 1)
            For column = LBound(cells, 2) To UBound(cells, 2)
                AddTo total, NumberGiven(cells(row, column))
            Next column
        Next row
    Else
        AddTo total, NumberGiven(cells)
    End If
    AddTo total, NumberGiven(given(0))
    PERF_TOTAL = Outcome(total)
    Exit Function
Wrong:
    PERF_TOTAL = CVErr(WRONG_VALUE)
End Function

' ---- whole forms ----------------------------------------------------------------------------------------

' Findings, one per row: severity, name, cell, message, advice; cells count from the corner of the range. A form made from a
' template and an office's own are read as Python reads them; where only Python would be sure, that is told. A range without
' a form gives what Python gives.
Public Function PERF_CHECK(ByVal area As Variant) As Variant
    Dim found As PerfForm
    On Error GoTo Wrong
    Set found = FormIn(area)
    If found Is Nothing Then
        PERF_CHECK = OneRow("error", NoFormTold())
    Else
        PERF_CHECK = TableOf(FindingsIn(found))
    End If
    Exit Function
Wrong:
    PERF_CHECK = CVErr(WRONG_VALUE)
End Function

Private Function TableOf(ByVal findings As Collection) As Variant
    Dim finding As PerfFinding, made() As Variant, row As Long
    If findings.Count = 0 Then
        TableOf = OneRow("", Sentence("functions.no-findings"))
        Exit Function
    End If
    ReDim made(1 To findings.Count, 1 To 5)
    For Each finding In findings
        row = row + 1
        made(row, 1) = finding.Severity
        made(row, 2) = finding.Title
        made(row, 3) = finding.Address
        made(row, 4) = finding.Message
        made(row, 5) = finding.Advice
    Next finding
    TableOf = made
End Function

Private Function OneRow(ByVal severity As String, ByVal message As String) As Variant
    Dim made(1 To 1, 1 To 5) As Variant
    made(1, 1) = severity
    made(1, 2) = ""
    made(1, 3) = ""
    made(1, 4) = message
    made(1, 5) = ""
    OneRow = made
End Function

' The canonical JSON of the form in a range; "" where it holds none, and a sentence where only Python reads it for sure.
Public Function PERF_JSON(ByVal area As Variant) As Variant
    Dim found As PerfForm, text As String
    On Error GoTo Wrong
    PERF_JSON = ""
    Set found = FormIn(area)
    If found Is Nothing Then
        If NoFormTold() <> Say("errors.no-form", "path", "-") Then PERF_JSON = NoFormTold()
        Exit Function
    End If
    text = JsonOf(found)
    PERF_JSON = Left$(text, Len(text) - 1)
    If Len(text) - 1 > MOST_CHARACTERS Then PERF_JSON = CVErr(WRONG_VALUE)
    Exit Function
Wrong:
    PERF_JSON = CVErr(WRONG_VALUE)
End Function
