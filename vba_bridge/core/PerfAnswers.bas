Option Explicit
Option Compare Binary
Option Private Module
' What a worksheet function gives for single values, and how it takes them.

' The error #VALUE! of a cell.
Public Const WRONG_VALUE As Long = 2015
Public Const WRONG_ARGUMENT As Long = -2147220991

' The answer of the function of that name; #VALUE! for a wrong argument.
Public Function AnswerOf(ByVal called As String, ByVal given As Variant) As Variant
    On Error GoTo Wrong
    Select Case called
    Case "PERF_SCORE": AnswerOf = Outcome(Judged(given).Points)
    Case "PERF_EXPLAIN": AnswerOf = Explained(Judged(given))
    Case "PERF_RATE": AnswerOf = RateOf(given)
    Case "PERF_EXEC_RATE": AnswerOf = Outcome(ExecutionRateGiven(given))
    Case "PERF_EXEC_SCORE": AnswerOf = ExecutionScoreOf(given)
    Case "PERF_GRADE": AnswerOf = GradeGiven(given)
    Case "PERF_VALUE": AnswerOf = Outcome(QuantityGiven(given(0)).Number())
    Case "PERF_UNIT": AnswerOf = UnitOf(QuantityGiven(given(0)))
    End Select
    Exit Function
Wrong:
    AnswerOf = CVErr(WRONG_VALUE)
End Function

Public Function Outcome(ByVal number As String) As Variant
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

' A sum so far with a number more; "" is none.
Public Sub AddTo(ByRef total As String, ByVal number As String)
    If Len(number) = 0 Then Exit Sub
    total = IIf(Len(total) = 0, number, DecimalSum(IIf(Len(total) = 0, "0", total), number))
End Sub

' ---- arguments ------------------------------------------------------------------------------------------

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
Public Function NumberGiven(ByVal cell As Variant) As String
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
