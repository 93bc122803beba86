Option Explicit
Option Compare Binary
Option Private Module
' The checks that need no Python: the same findings, in the same cells, as the command check.

Private mForm As PerfForm

' Every finding in the form, ordered by cell; findings without a cell stand last.
Public Function FindingsIn(ByVal form As PerfForm) As Collection
    Set mForm = form
    StartFindings form
    CheckTotals
    CheckLevels
    CheckFunds
    CheckScores
    CheckReasons
    CheckRequired
    CheckNumbers
    CheckLabels
    CheckDuplicates
    Set FindingsIn = FoundSoFar()
End Function

' ---- totals ---------------------------------------------------------------------------------------------

Private Sub CheckTotals()
    Dim full As String, marks As String, isRight As Boolean, made As PerfFinding
    full = mForm.AddedWithExecution("weight")
    marks = mForm.Profile.Setting("full_marks")
    If Len(full) > 0 And Not WeightsUnread() Then
        isRight = IsNear(full, marks)
        If Not HasExecutionWeight() Then
            isRight = isRight Or IsNear(full, DecimalDifference(marks, mForm.Profile.Setting("execution_weight")))
        End If
        If Not isRight Then
            Set made = AddFinding("PE101", "weights-sum", "error", "total.weight", "", Shown(full), marks)
            If Not made Is Nothing Then made.FillIn "indicators", Shown(mForm.Added("weight"))
        End If
        CheckTotal "PE102", "total-weight-mismatch", "weight", mForm.TotalWeight
    End If
    If Not (mForm.ColumnUnread("indicators", "score") Or mForm.ColumnUnread("funds", "score")) Then
        CheckTotal "PE103", "total-score-mismatch", "score", mForm.TotalScore
    End If
End Sub

Private Function WeightsUnread() As Boolean
    WeightsUnread = mForm.ColumnUnread("indicators", "weight") Or mForm.ColumnUnread("funds", "weight")
End Function

Private Function HasExecutionWeight() As Boolean
    If Not mForm.TotalLine Is Nothing Then HasExecutionWeight = Len(mForm.TotalLine.Weight) > 0
End Function

Private Sub CheckTotal(ByVal code As String, ByVal title As String, ByVal column As String, ByVal printed As String)
    Dim alone As String, full As String, made As PerfFinding, rightOne As String
    alone = mForm.Added(column)
    full = mForm.AddedWithExecution(column)
    If Len(printed) = 0 Or Len(alone) = 0 Then Exit Sub
    If IsNear(printed, alone) Or IsNear(printed, full) Then Exit Sub
    If column = "score" And IsWithRuledExecution(printed, alone) Then Exit Sub
    If column = "weight" And Not HasExecutionWeight() Then
        If IsNear(printed, DecimalSum(alone, mForm.Profile.Setting("execution_weight"))) Then Exit Sub
    End If
    rightOne = IIf(mForm.Profile.Setting("includes_execution") = "yes", full, alone)
    Set made = AddFinding(code, title, "error", "total." & column, "", Shown(printed), Shown(rightOne))
    If made Is Nothing Then Exit Sub
    made.FillIn "alone", Shown(alone)
    made.FillIn "full", Shown(full)
End Sub

' Where no execution score is printed, the one that follows from the rate may stand in the total.
Private Function IsWithRuledExecution(ByVal printed As String, ByVal alone As String) As Boolean
    Dim fundLine As PerfFundLine, rate As String, score As String
    Set fundLine = mForm.TotalLine
    If fundLine Is Nothing Then Exit Function
    If Len(fundLine.Score) > 0 Then Exit Function
    rate = ComputedRate(fundLine)
    If Len(fundLine.Rate) > 0 Then
        If DecimalOrder(fundLine.Rate, "0") <> 0 Then rate = fundLine.Rate
    End If
    score = ExecutionScore(rate, fundLine.Weight, mForm.Profile)
    If Len(score) > 0 Then IsWithRuledExecution = IsNear(printed, DecimalSum(alone, score))
End Function

' Points printed beside a level-1 label differ from the sum of the weights below it.
Private Sub CheckLevels()
    Dim index As Long, label As String, points As String, below As String, made As PerfFinding
    If WeightsUnread() Or Len(mForm.Added("weight")) = 0 Then Exit Sub
    For index = 1 To mForm.LevelNames.Count
        label = mForm.LevelNames.Item(index)
        points = mForm.LevelPoints.Item(index)
        below = WeightBelow(label)
        If Len(below) > 0 Then
            If Not IsNear(points, below) Then
                Set made = AddFinding("PE104", "level1-weight-mismatch", "error", "level1_weights." & label, "", _
                    Shown(points), Shown(below))
                If Not made Is Nothing Then made.FillIn "name", label
            End If
        End If
    Next index
End Sub

Private Function WeightBelow(ByVal label As String) As String
    Dim indicator As PerfIndicator, level As String
    If mForm.Profile.Lists("all_indicators", label) Then
        WeightBelow = mForm.Added("weight")
    ElseIf mForm.Profile.Lists("all_funds", label) Then
        If HasExecutionWeight() Then WeightBelow = mForm.TotalLine.Weight
    Else
        level = LevelOf(label)
        WeightBelow = "0"
        For Each indicator In mForm.Indicators
            If Len(indicator.Weight) > 0 And LevelOf(indicator.Level1) = level Then
                WeightBelow = DecimalSum(WeightBelow, indicator.Weight)
            End If
        Next indicator
    End If
End Function

' The name of a level whatever wording was used for it.
Private Function LevelOf(ByVal label As String) As String
    Dim list As Variant, index As Long
    LevelOf = LabelKey(label)
    list = mForm.Profile.Items("level_of")
    For index = LBound(list) To UBound(list)
        If Split(list(index), ",")(0) = LevelOf Then
            LevelOf = Split(list(index), ",")(1)
            Exit Function
        End If
    Next index
End Function

' ---- funds ----------------------------------------------------------------------------------------------

Private Sub CheckFunds()
    Dim fundLine As PerfFundLine
    For Each fundLine In mForm.Lines
        CheckRate fundLine
        CheckExecutionScore fundLine
    Next fundLine
    If mForm.TotalLine Is Nothing Then Exit Sub
    CheckColumnOfFunds "initial_budget"
    CheckColumnOfFunds "full_year_budget"
    CheckColumnOfFunds "executed"
End Sub

Private Function ComputedRate(ByVal fundLine As PerfFundLine) As String
    ComputedRate = ExecutionRate(fundLine.Executed, mForm.BaseBudget(fundLine), mForm.Profile)
End Function

Private Sub CheckRate(ByVal fundLine As PerfFundLine)
    Dim budget As String, made As PerfFinding
    budget = mForm.BaseBudget(fundLine)
    If Len(fundLine.Rate) = 0 Or Len(budget) = 0 Or Len(fundLine.Executed) = 0 Then Exit Sub
    If DecimalOrder(budget, "0") <= 0 Then
        If DecimalOrder(fundLine.Executed, "0") > 0 Then
            Set made = AddFinding("PE201", "execution-rate-mismatch", "error", fundLine.Path & ".execution_rate", "-no-budget", _
                RateShown(fundLine.Rate), "")
        End If
    ElseIf Not IsRate(fundLine.Rate, fundLine.Executed, budget) Then
        Set made = AddFinding("PE201", "execution-rate-mismatch", "error", fundLine.Path & ".execution_rate", "", _
            RateShown(fundLine.Rate), RateShown(ComputedRate(fundLine)))
    End If
    If made Is Nothing Then Exit Sub
    made.FillIn "executed", Shown(fundLine.Executed)
    made.FillIn "budget", Shown(budget)
End Sub

' A rate printed with fewer decimals is right when it is the computed one rounded to just those.
Private Function IsRate(ByVal printed As String, ByVal executed As String, ByVal budget As String) As Boolean
    Dim most As Long, places As Long
    most = mForm.Profile.Whole("rate_decimals") + 2
    places = DecimalPlaces(DecimalPlain(printed))
    If places < 2 Then places = 2
    If places > most Then places = most
    IsRate = DecimalOrder(DecimalRound(printed, places), DecimalQuotient(executed, budget, places)) = 0
End Function

' The printed rate counts, and where it is itself wrong or missing the computed one: one mistake is told once.
Private Sub CheckExecutionScore(ByVal fundLine As PerfFundLine)
    Dim byPrinted As String, byMoney As String, expected As String, rate As String, made As PerfFinding
    If Len(fundLine.Score) = 0 Or Len(fundLine.Weight) = 0 Or mForm.IsUnread(fundLine.Path & ".execution_rate") Then Exit Sub
    If Len(mForm.BaseBudget(fundLine)) > 0 Then
        If DecimalOrder(mForm.BaseBudget(fundLine), "0") <= 0 Then Exit Sub
    End If
    byPrinted = ExecutionScore(fundLine.Rate, fundLine.Weight, mForm.Profile)
    byMoney = ExecutionScore(ComputedRate(fundLine), fundLine.Weight, mForm.Profile)
    expected = IIf(Len(byPrinted) > 0, byPrinted, byMoney)
    If Len(expected) = 0 Then Exit Sub
    If IsNear(fundLine.Score, expected) Then Exit Sub
    If Len(byMoney) > 0 Then
        If IsNear(fundLine.Score, byMoney) Then Exit Sub
    End If
    rate = IIf(IsZero(fundLine.Rate), ComputedRate(fundLine), fundLine.Rate)
    Set made = AddFinding("PE202", "execution-score-mismatch", "error", fundLine.Path & ".score", "", Shown(fundLine.Score), _
        Shown(expected))
    If made Is Nothing Then Exit Sub
    made.FillIn "rate", RateShown(rate)
    made.FillIn "weight", Shown(fundLine.Weight)
End Sub

' The lines do not add up to the total. A line the form does not normally print may be part of another one, so the
' total may be the sum with or without such lines.
Private Sub CheckColumnOfFunds(ByVal column As String)
    Dim fundLine As PerfFundLine, amount As String, everything As String, known As String, printed As String
    Dim count As Long, knownCount As Long, allowed As String, made As PerfFinding
    everything = "0"
    known = "0"
    allowed = TOLERANCE
    For Each fundLine In mForm.Lines
        amount = fundLine.Amount(column)
        If Not fundLine Is mForm.TotalLine And Len(amount) > 0 Then
            count = count + 1
            everything = DecimalSum(everything, amount)
            If DecimalOrder(amount, "0") <> 0 Then allowed = DecimalSum(allowed, TOLERANCE)
            If IsListed("sources", fundLine.Source) Then
                knownCount = knownCount + 1
                known = DecimalSum(known, amount)
            End If
        End If
    Next fundLine
    If count = 0 Or mForm.ColumnUnread("funds", column) Then Exit Sub
    printed = mForm.TotalLine.Amount(column)
    If IsWithin(IIf(Len(printed) > 0, printed, "0"), everything, allowed) Then Exit Sub
    If knownCount > 0 And IsWithin(IIf(Len(printed) > 0, printed, "0"), known, allowed) Then Exit Sub
    Set made = AddFinding("PE203", "fund-lines-sum", "error", mForm.TotalLine.Path & "." & column, _
        IIf(IsZero(printed), "-total-empty", ""), Shown(printed), Shown(everything))
End Sub

Private Function IsListed(ByVal key As String, ByVal wanted As String) As Boolean
    IsListed = Holds("|" & mForm.Profile.Setting(key) & "|", "|" & wanted & "|")
End Function

' ---- scores ---------------------------------------------------------------------------------------------

Private Sub CheckScores()
    Dim fundLine As PerfFundLine, indicator As PerfIndicator
    For Each fundLine In mForm.Lines
        CheckScoreRange fundLine.Path, fundLine.Score, fundLine.Weight
    Next fundLine
    For Each indicator In mForm.Indicators
        CheckScoreRange indicator.Path, indicator.Score, indicator.Weight
        CheckScoreByRule indicator, mForm.JudgementOf(indicator)
    Next indicator
End Sub

Private Sub CheckScoreRange(ByVal path As String, ByVal score As String, ByVal weight As String)
    Dim isNegative As Boolean
    If Len(score) = 0 Or Len(weight) = 0 Then Exit Sub
    isNegative = DecimalOrder(score, "0") < 0
    If Not isNegative And DecimalOrder(score, weight) <= 0 Then Exit Sub
    AddFinding "PE301", "score-exceeds-weight", "error", path & ".score", IIf(isNegative, "-negative", ""), Shown(score), _
        "0" & ChrW(8211) & Shown(weight)
End Sub

' A measurable target was missed and the full score taken; and a score that is not the rule's.
Private Sub CheckScoreByRule(ByVal indicator As PerfIndicator, ByVal judged As PerfJudgement)
    Dim made As PerfFinding, places As Long, path As String
    If Len(indicator.Score) = 0 Then Exit Sub
    path = indicator.Path & ".score"
    If IsMissedInFull(indicator, judged) Then
        Set made = AddFinding("PE302", "target-missed-full-score", "error", path, "", Shown(indicator.Score), PointsOf(judged))
        If Not made Is Nothing Then
            made.FillIn "target", OnOneLine(judged.Target.Text)
            made.FillIn "actual", OnOneLine(judged.Actual.Text)
        End If
    End If
    places = mForm.Profile.Whole("score_decimals")
    If Not judged.Decided Then Exit Sub
    If judged.Allows(indicator.Score, places) Then Exit Sub
    Set made = AddFinding("PE303", "score-differs-from-rule", "warning", path, "", Shown(indicator.Score), PointsOf(judged))
    If Not made Is Nothing Then made.FillIn "why", Stripped(Explain(judged), "." & Letters("full stop"))
End Sub

Private Function IsMissedInFull(ByVal indicator As PerfIndicator, ByVal judged As PerfJudgement) As Boolean
    If IsZero(indicator.Weight) Then Exit Function
    If DecimalOrder(indicator.Score, indicator.Weight) < 0 Then Exit Function
    If Not (judged.Comparison.Decided And Not judged.Comparison.Met) Then Exit Function
    Select Case judged.Target.Kind
    Case "number", "date", "scale"
        IsMissedInFull = True
        If judged.Decided Then
            IsMissedInFull = DecimalOrder(indicator.Weight, judged.LowPoints) < 0 _
                Or DecimalOrder(indicator.Weight, judged.HighPoints) > 0
        End If
    End Select
End Function

' ---- reasons --------------------------------------------------------------------------------------------

Private Sub CheckReasons()
    Dim indicator As PerfIndicator, made As PerfFinding, judged As PerfJudgement, path As String
    For Each indicator In mForm.Indicators
        path = indicator.Path & ".deviation"
        If Not IsSaid(indicator.Deviation) And Not mForm.IsUnread(path) And Len(indicator.Weight) > 0 Then
            If IsLowered(indicator) Then
                Set made = AddFinding("PE401", "deduction-unexplained", "warning", path, _
                    IIf(Len(OnOneLine(indicator.Deviation)) = 0, "-blank", ""), OnOneLine(indicator.Deviation), "")
                If Not made Is Nothing Then
                    made.FillIn "lost", Shown(DecimalDifference(indicator.Weight, indicator.Score))
                End If
            ElseIf mForm.Profile.Setting("reason_required") = "yes" And Not IsZero(indicator.Weight) Then
                Set judged = mForm.JudgementOf(indicator)
                If judged.Beyond Then AddBeyond path, indicator, judged
            End If
        End If
    Next indicator
End Sub

Private Function IsLowered(ByVal indicator As PerfIndicator) As Boolean
    If Len(indicator.Score) > 0 Then IsLowered = DecimalOrder(indicator.Score, indicator.Weight) < 0
End Function

Private Sub AddBeyond(ByVal path As String, ByVal indicator As PerfIndicator, ByVal judged As PerfJudgement)
    Dim made As PerfFinding
    Set made = AddFinding("PE402", "overachievement-unexplained", "warning", path, "", OnOneLine(indicator.Deviation), "")
    If made Is Nothing Then Exit Sub
    made.FillIn "target", OnOneLine(judged.Target.Text)
    made.FillIn "actual", OnOneLine(judged.Actual.Text)
    made.FillIn "threshold", DecimalShift(mForm.Profile.Setting("over_threshold"), 2) & "%"
End Sub

' A reason that says something: "none" and dashes do not.
Private Function IsSaid(ByVal text As String) As Boolean
    Dim bare As String
    bare = Stripped(Without(text, Letters("blanks")), ".;" & Letters("reason ends"))
    If Len(bare) > 0 Then IsSaid = Not Words("nothing said").Has(bare)
End Function

' ---- completeness ---------------------------------------------------------------------------------------

Private Sub CheckRequired()
    Dim list As Variant, index As Long, path As String, indicator As PerfIndicator, rows As Long, column As String
    list = mForm.Profile.Items("required")
    For index = LBound(list) To UBound(list)
        path = list(index)
        If Left$(path, 11) <> "indicators." And Not mForm.IsUnread(path) Then
            If Len(Trimmed(mForm.TextOf(mForm.SingleCell(path)))) = 0 Then AddMissing path
        End If
    Next index
    For Each indicator In mForm.Indicators
        If Not IsBlankRow(indicator) Then
            rows = rows + 1
            For index = LBound(list) To UBound(list)
                column = Mid$(list(index), 12)
                If Left$(list(index), 11) = "indicators." And Not indicator.IsNotApplicable() Then
                    path = indicator.Path & "." & column
                    If Not mForm.IsUnread(path) And Len(Trimmed(ColumnText(indicator, column))) = 0 Then AddMissing path
                End If
            Next index
        End If
    Next indicator
    If rows = 0 And Holds(mForm.Profile.Setting("required"), "indicators.") Then
        AddFinding "PE501", "required-missing", "error", "indicators", "-no-indicators", "", ""
    End If
End Sub

Private Sub AddMissing(ByVal path As String)
    AddFinding "PE501", "required-missing", "error", path, "", "", ""
End Sub

Private Function IsBlankRow(ByVal indicator As PerfIndicator) As Boolean
    IsBlankRow = Len(Trimmed(indicator.Title & indicator.Target & indicator.Actual & indicator.Weight & indicator.Score _
        & indicator.Deviation)) = 0
End Function

Private Function ColumnText(ByVal indicator As PerfIndicator, ByVal column As String) As String
    Select Case column
    Case "level1": ColumnText = indicator.Level1
    Case "level2": ColumnText = indicator.Level2
    Case "name": ColumnText = indicator.Title
    Case "target": ColumnText = indicator.Target & ""
    Case "actual": ColumnText = indicator.Actual & ""
    Case "weight": ColumnText = indicator.Weight
    Case "score": ColumnText = indicator.Score
    Case "deviation": ColumnText = indicator.Deviation
    End Select
End Function

Private Sub CheckNumbers()
    Dim note As Variant
    For Each note In mForm.Notes
        AddFinding "PE502", "not-a-number", "error", note(0), "", OnOneLine(note(1)), ""
    Next note
End Sub

Private Sub CheckLabels()
    Dim indicator As PerfIndicator
    For Each indicator In mForm.Indicators
        CheckLabel indicator, "level1", indicator.Level1
        CheckLabel indicator, "level2", indicator.Level2
    Next indicator
End Sub

Private Sub CheckLabel(ByVal indicator As PerfIndicator, ByVal column As String, ByVal label As String)
    Dim wanted As String
    If Len(LabelKey(label)) = 0 Or Trimmed(label) = Letters("does not apply") Then Exit Sub
    If mForm.Profile.Lists("levels", label) Or mForm.Profile.Lists("levels_of_all", label) Then Exit Sub
    wanted = mForm.Profile.Setting(column)
    If column = "level2" Then wanted = LevelsBelow(indicator.Level1, wanted)
    AddFinding "PE503", "level-unknown", "warning", indicator.Path & "." & column, "", OnOneLine(label), _
        Replace(Replace(wanted, "|", Letters("list comma")), "/", Letters("list comma"))
End Sub

Private Function LevelsBelow(ByVal level1 As String, ByVal otherwise As String) As String
    Dim list As Variant, index As Long
    LevelsBelow = otherwise
    list = mForm.Profile.Items("level2_of")
    For index = LBound(list) To UBound(list)
        If Split(list(index), ",")(0) = level1 Then LevelsBelow = Split(list(index), ",")(1)
    Next index
End Function

' The same indicator twice under the same labels; the later row is reported.
Private Sub CheckDuplicates()
    Dim indicator As PerfIndicator, other As PerfIndicator, key As String, made As PerfFinding
    For Each indicator In mForm.Indicators
        key = IndicatorKey(indicator)
        If Len(key) > 0 Then
            For Each other In mForm.Indicators
                If other.Position < indicator.Position Then
                    If IndicatorKey(other) = key Then
                        Set made = AddFinding("PE504", "indicator-duplicate", "warning", indicator.Path & ".name", "", _
                            OnOneLine(indicator.Title), "")
                        If Not made Is Nothing Then made.FillIn "first", CStr(other.Position + 1)
                        Exit For
                    End If
                End If
            Next other
        End If
    Next indicator
End Sub

Private Function IndicatorKey(ByVal indicator As PerfIndicator) As String
    Dim plain As String
    plain = LCase$(Without(HalfWidth(indicator.Title), Letters("blanks")))
    If Len(plain) = 0 Or plain = Letters("does not apply") Then Exit Function
    IndicatorKey = LabelKey(indicator.Level1) & vbTab & LabelKey(indicator.Level2) & vbTab & plain
End Function
