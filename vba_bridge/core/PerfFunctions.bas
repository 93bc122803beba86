Option Explicit
Option Compare Binary
' The worksheet functions. A range in gives an array out; none is volatile; a wrong argument gives #VALUE!; what
' cannot be decided gives "". Single values, a row and a column are used again for the rows and columns of others.
'
' A target may stand in a list of levels (the 5th argument) that turn its direction round: costs are ceilings.

Private Const WRONG_VALUE As Long = 2015
' A cell holds no longer text.
Private Const MOST_CHARACTERS As Long = 32767
Private Const WRONG_ARGUMENT As Long = -2147220991
' Where on a sheet a form would have its title.
Private Const MOST_TITLE_ROWS As Long = 60
Private Const MOST_TITLE_COLUMNS As Long = 30

' The score by rule; "" when there is none, or a range of points that only a reviewer can settle.
Public Function PERF_SCORE(ByVal target As Variant, ByVal actual As Variant, ByVal weight As Variant, _
    Optional ByVal profile As Variant, Optional ByVal level As Variant) As Variant
    If IsMissing(profile) Then profile = ""
    If IsMissing(level) Then level = ""
    PERF_SCORE = Spread("PERF_SCORE", Array(ValuesOf(target), ValuesOf(actual), ValuesOf(weight), ValuesOf(profile), _
        ValuesOf(level)))
End Function

' Why that score, or why none; "" beside an empty row.
Public Function PERF_EXPLAIN(ByVal target As Variant, ByVal actual As Variant, ByVal weight As Variant, _
    Optional ByVal profile As Variant, Optional ByVal level As Variant) As Variant
    If IsMissing(profile) Then profile = ""
    If IsMissing(level) Then level = ""
    PERF_EXPLAIN = Spread("PERF_EXPLAIN", Array(ValuesOf(target), ValuesOf(actual), ValuesOf(weight), ValuesOf(profile), _
        ValuesOf(level)))
End Function

' actual/target in one unit; "" where it is not decided whether the target was met, or there is no ratio.
Public Function PERF_RATE(ByVal target As Variant, ByVal actual As Variant) As Variant
    PERF_RATE = Spread("PERF_RATE", Array(ValuesOf(target), ValuesOf(actual)))
End Function

' The execution rate as a ratio, half-up to a hundredth of a percent; "" without a budget above 0.
Public Function PERF_EXEC_RATE(ByVal executed As Variant, ByVal budget As Variant) As Variant
    PERF_EXEC_RATE = Spread("PERF_EXEC_RATE", Array(ValuesOf(executed), ValuesOf(budget)))
End Function

' The execution score: rate times weight (10 if left out), at most the weight, half-up to two decimals.
Public Function PERF_EXEC_SCORE(ByVal executed As Variant, ByVal budget As Variant, _
    Optional ByVal weight As Variant) As Variant
    If IsMissing(weight) Then weight = ""
    PERF_EXEC_SCORE = Spread("PERF_EXEC_SCORE", Array(ValuesOf(executed), ValuesOf(budget), ValuesOf(weight)))
End Function

' The grade of a total; "" for a blank and for a total below 0 or above the full marks.
Public Function PERF_GRADE(ByVal total As Variant, Optional ByVal profile As Variant) As Variant
    If IsMissing(profile) Then profile = ""
    PERF_GRADE = Spread("PERF_GRADE", Array(ValuesOf(total), ValuesOf(profile)))
End Function

' The one number of a text, magnitude and % applied; "" when it is not sure.
Public Function PERF_VALUE(ByVal text As Variant) As Variant
    PERF_VALUE = Spread("PERF_VALUE", Array(ValuesOf(text)))
End Function

' The unit of that number as written; "" where there is none.
Public Function PERF_UNIT(ByVal text As Variant) As Variant
    PERF_UNIT = Spread("PERF_UNIT", Array(ValuesOf(text)))
End Function

' The execution score and all scores added up exactly; "" when all are blank.
Public Function PERF_TOTAL(ByVal execution_score As Variant, ByVal scores As Variant) As Variant
    Dim cells As Variant, row As Long, column As Long, total As String
    On Error GoTo Wrong
    cells = AsRows(ValuesOf(scores))
    If IsArray(cells) Then
        For row = LBound(cells, 1) To UBound(cells, 1)
            For column = LBound(cells, 2) To UBound(cells, 2)
                AddTo total, NumberGiven(cells(row, column))
            Next column
        Next row
    Else
        AddTo total, NumberGiven(cells)
    End If
    AddTo total, NumberGiven(ValuesOf(execution_score))
    PERF_TOTAL = Outcome(total)
    Exit Function
Wrong:
    PERF_TOTAL = CVErr(WRONG_VALUE)
End Function

Private Sub AddTo(ByRef total As String, ByVal number As String)
    If Len(number) = 0 Then Exit Sub
    total = IIf(Len(total) = 0, number, DecimalSum(IIf(Len(total) = 0, "0", total), number))
End Sub

' ---- whole forms ----------------------------------------------------------------------------------------

' Findings, one per row: severity, name, cell, message, advice. The range is on a sheet made from a template; the form is
' found there by its names. A range without a form gives what Python gives; another form needs Python.
Public Function PERF_CHECK(ByVal area As Variant) As Variant
    Dim found As PerfForm, findings As Collection, finding As PerfFinding, made() As Variant, row As Long
    On Error GoTo Wrong
    Set found = FormUnder(area)
    If found Is Nothing Then
        PERF_CHECK = OneRow("error", OutsideTemplate(area))
        Exit Function
    End If
    Set findings = FindingsIn(found)
    If findings.Count = 0 Then
        PERF_CHECK = OneRow("", Sentence("functions.no-findings"))
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
    PERF_CHECK = made
    Exit Function
Wrong:
    PERF_CHECK = CVErr(WRONG_VALUE)
End Function

' The canonical JSON of the form on the sheet of the range; "" where it holds none that can be read here.
Public Function PERF_JSON(ByVal area As Variant) As Variant
    Dim found As PerfForm, text As String
    On Error GoTo Wrong
    Set found = FormUnder(area)
    If found Is Nothing Then
        PERF_JSON = ""
        Exit Function
    End If
    text = JsonOf(found)
    PERF_JSON = Left$(text, Len(text) - 1)
    If Len(text) > MOST_CHARACTERS Then PERF_JSON = CVErr(WRONG_VALUE)
    Exit Function
Wrong:
    PERF_JSON = CVErr(WRONG_VALUE)
End Function

' The form on the sheet of a range; Nothing on a sheet that was not made from a template. Raises for what is no range.
Private Function FormUnder(ByVal argument As Variant) As PerfForm
    Dim cells As Object, found As PerfForm
    If Not IsObject(argument) Then Err.Raise WRONG_ARGUMENT
    Set cells = argument
    If Len(TemplateMark(cells.Worksheet)) = 0 Then Exit Function
    Set found = New PerfForm
    found.ReadSheet cells.Worksheet
    Set FormUnder = found
End Function

' Why there are no findings: no form at all, or one that only Python can read.
Private Function OutsideTemplate(ByVal area As Variant) As String
    Dim cells As Object
    Set cells = area
    OutsideTemplate = Replace(Sentence("errors.no-form"), "{path}", "-")
    If HoldsWord(cells, Sentence("macros.form-word")) Then OutsideTemplate = Sentence("macros.needs-template")
End Function

Private Function HoldsWord(ByVal cells As Object, ByVal word As String) As Boolean
    Dim row As Long, column As Long, content As Variant
    For row = 1 To Lesser(cells.Rows.Count, MOST_TITLE_ROWS)
        For column = 1 To Lesser(cells.Columns.Count, MOST_TITLE_COLUMNS)
            content = cells.Cells(row, column).Value
            If VarType(content) = vbString Then
                If Holds(content, word) Then HoldsWord = True
            End If
        Next column
    Next row
End Function

Private Function Lesser(ByVal one As Long, ByVal other As Long) As Long
    Lesser = IIf(one < other, one, other)
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

' ---- one value at a time --------------------------------------------------------------------------------

Private Function Answer(ByVal called As String, ByVal given As Variant) As Variant
    On Error GoTo Wrong
    Select Case called
    Case "PERF_SCORE": Answer = Outcome(Judged(given).Points)
    Case "PERF_EXPLAIN": Answer = Explained(Judged(given))
    Case "PERF_RATE": Answer = RateOf(given)
    Case "PERF_EXEC_RATE": Answer = Outcome(ExecutionRateGiven(given))
    Case "PERF_EXEC_SCORE": Answer = ExecutionScoreOf(given)
    Case "PERF_GRADE": Answer = GradeGiven(given)
    Case "PERF_VALUE": Answer = Outcome(QuantityGiven(given(0)).Number())
    Case "PERF_UNIT": Answer = UnitOf(QuantityGiven(given(0)))
    End Select
    Exit Function
Wrong:
    Answer = CVErr(WRONG_VALUE)
End Function

Private Function Outcome(ByVal number As String) As Variant
    Outcome = ""
    If Len(number) > 0 Then Outcome = DecimalNumber(number)
End Function

Private Function Judged(ByVal given As Variant) As PerfJudgement
    Dim weight As String, level As String, target As PerfQuantity, actual As PerfQuantity, profile As PerfProfile
    If VarType(given(4)) = vbError Then Err.Raise WRONG_ARGUMENT
    weight = PointsGiven(given(2))
    Set target = QuantityGiven(given(0))
    Set actual = QuantityGiven(given(1))
    Set profile = ProfileGiven(given(3))
    level = given(4) & ""
    Set Judged = Judge(target, actual, weight, profile, "", level, 0)
End Function

Private Function Explained(ByVal judgement As PerfJudgement) As String
    If judgement.Target.Kind <> "blank" Or judgement.Actual.Kind <> "blank" Then Explained = Explain(judgement)
End Function

Private Function RateOf(ByVal given As Variant) As Variant
    Dim target As PerfQuantity, actual As PerfQuantity, made As PerfComparison
    Set target = QuantityGiven(given(0))
    Set actual = QuantityGiven(given(1))
    Set made = CompareQuantities(target, actual, "at-least", False, 0, "0.1")
    RateOf = ""
    If made.Decided Then RateOf = Outcome(made.Ratio(25))
End Function

Private Function ExecutionRateGiven(ByVal given As Variant) As String
    ExecutionRateGiven = ExecutionRate(NumberGiven(given(0)), NumberGiven(given(1)), ProfileById("mof"))
End Function

Private Function ExecutionScoreOf(ByVal given As Variant) As Variant
    Dim weight As String
    weight = PointsGiven(given(2))
    If Len(weight) = 0 Then weight = ProfileById("mof").Setting("execution_weight")
    ExecutionScoreOf = Outcome(ExecutionScore(ExecutionRateGiven(given), weight, ProfileById("mof")))
End Function

Private Function GradeGiven(ByVal given As Variant) As String
    Dim total As String, profile As PerfProfile
    Set profile = ProfileGiven(given(1))
    total = NumberGiven(given(0))
    If Len(total) = 0 Then Exit Function
    If DecimalOrder(total, "0") < 0 Or DecimalOrder(total, profile.Setting("full_marks")) > 0 Then Exit Function
    GradeGiven = profile.GradeOf(DecimalRound(total, profile.Whole("score_decimals")))
End Function

Private Function UnitOf(ByVal quantity As PerfQuantity) As String
    If Len(quantity.Number()) > 0 Then UnitOf = quantity.Unit
End Function

' ---- arguments ------------------------------------------------------------------------------------------

' The values of a range, or the value itself.
Private Function ValuesOf(ByVal argument As Variant) As Variant
    If IsObject(argument) Then
        ValuesOf = ContentsOf(UsedPart(argument))
    Else
        ValuesOf = argument
    End If
End Function

' A target or actual value as a form holds it.
Private Function QuantityGiven(ByVal cell As Variant) As PerfQuantity
    Select Case VarType(cell)
    Case vbEmpty, vbNull, vbString
        If cell = "" Then cell = Empty
        Set QuantityGiven = ReadQuantity(cell)
    Case vbDate
        Set QuantityGiven = ReadQuantity(Format$(cell, "yyyy-mm-dd"))
    Case vbBoolean, vbError
        Err.Raise WRONG_ARGUMENT
    Case Else
        Set QuantityGiven = ReadQuantity(CDbl(cell))
    End Select
End Function

' A number, also one typed as text; "" for a blank or a mark such as a dash.
Private Function NumberGiven(ByVal cell As Variant) As String
    Dim isWrong As Boolean
    Select Case VarType(cell)
    Case vbEmpty, vbNull
        NumberGiven = ""
    Case vbString
        If Not Words("blank marks").Has(Trimmed(cell)) Then NumberGiven = NumberInText(cell, Letters("points"), isWrong)
    Case vbDate, vbBoolean, vbError
        isWrong = True
    Case Else
        NumberGiven = DecimalOf(CDbl(cell))
    End Select
    If isWrong Then Err.Raise WRONG_ARGUMENT
End Function

Private Function PointsGiven(ByVal cell As Variant) As String
    PointsGiven = NumberGiven(cell)
    If Left$(PointsGiven, 1) = "-" Then Err.Raise WRONG_ARGUMENT
End Function

' The profile of that id; the workbook's own where none is given.
Private Function ProfileGiven(ByVal cell As Variant) As PerfProfile
    Dim identifier As String
    If VarType(cell) = vbError Then Err.Raise WRONG_ARGUMENT
    identifier = Trimmed(cell & "")
    If Len(identifier) = 0 Then
        Set ProfileGiven = CallersProfile()
    Else
        Set ProfileGiven = ProfileById(identifier)
        If ProfileGiven Is Nothing Then Err.Raise WRONG_ARGUMENT
    End If
End Function

' ---- ranges ---------------------------------------------------------------------------------------------

' A function of single values over ranges. Each is as high and wide as the others, or of one row or column.
Private Function Spread(ByVal called As String, ByVal given As Variant) As Variant
    Dim height As Long, width As Long, index As Long, row As Long, column As Long, made() As Variant
    For index = LBound(given) To UBound(given)
        given(index) = AsRows(given(index))
        If IsArray(given(index)) Then
            If UBound(given(index), 1) > height Then height = UBound(given(index), 1)
            If UBound(given(index), 2) > width Then width = UBound(given(index), 2)
        End If
    Next index
    If height = 0 Then
        Spread = Answer(called, given)
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
            made(row, column) = Answer(called, OneOfEach(given, row, column))
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
Private Function AsRows(ByVal given As Variant) As Variant
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
