Option Explicit
Option Compare Binary
Option Private Module
' The checks that need no Python: the same findings, in the same cells, as the command check. Laws are in PerfLaws;
' what judges target against actual, and what looks words up, is here.

Private mForm As PerfForm

' Every finding in the form, ordered by cell; findings without a cell stand last.
Public Function FindingsIn(ByVal form As PerfForm) As Collection
    Set mForm = form
    StartFindings form
    AskTermsOf form
    AskLaws form
    CheckScores
    CheckMeasures
    CheckReasons
    CheckNumbers
    CheckLabels
    CheckDuplicates
    Set FindingsIn = FoundSoFar()
End Function

' The weights that points printed beside a label stand for: of a level, of all rows, or of execution.
Public Function WeightBelow(ByVal label As String) As String
    Dim indicator As PerfIndicator, level As String
    If mForm.Profile.Lists("all_indicators", label) Then
        WeightBelow = mForm.Added("weight")
    ElseIf mForm.Profile.Lists("all_funds", label) Then
        WeightBelow = OfExecution("weight")
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

' ---- scores ---------------------------------------------------------------------------------------------

Private Sub CheckScores()
    Dim indicator As PerfIndicator
    For Each indicator In mForm.Indicators
        CheckScoreByRule indicator, mForm.JudgementOf(indicator)
    Next indicator
End Sub

' A measurable target was missed and the full score taken; and a score that is not the rule's.
Private Sub CheckScoreByRule(ByVal indicator As PerfIndicator, ByVal judged As PerfJudgement)
    Dim made As PerfFinding, places As Long, path As String
    If Len(indicator.Score) = 0 Then Exit Sub
    path = indicator.Path & ".score"
    If IsMissedInFull(indicator, judged) Then
        Set made = AddFinding("target-missed-full-score", path, "", Shown(indicator.Score), PointsOf(judged))
        If Not made Is Nothing Then
            made.FillIn "target", OnOneLine(judged.Target.Text)
            made.FillIn "actual", OnOneLine(judged.Actual.Text)
        End If
    End If
    places = mForm.Profile.Whole("score_decimals")
    If Not judged.Decided Then Exit Sub
    If judged.Allows(indicator.Score, places) Then Exit Sub
    Set made = AddFinding("score-differs-from-rule", path, "", Shown(indicator.Score), PointsOf(judged))
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

' ---- units and measures ---------------------------------------------------------------------------------

Private Sub CheckMeasures()
    Dim indicator As PerfIndicator
    For Each indicator In mForm.Indicators
        CheckUnits indicator, mForm.JudgementOf(indicator)
        CheckMeasurable indicator, mForm.JudgementOf(indicator)
    Next indicator
End Sub

' Target and actual value are in units that do not compare.
Private Sub CheckUnits(ByVal indicator As PerfIndicator, ByVal judged As PerfJudgement)
    Dim key As String
    If judged.Comparison.Decided Then Exit Sub
    Select Case judged.Comparison.Reason
    Case "unit-mismatch"
    Case "unit-unknown": key = "-unknown"
    Case "percent-or-number": key = "-percent"
    Case "scale-unclear": key = "-scale"
    Case Else: Exit Sub
    End Select
    AddFinding "unit-mismatch", indicator.Path & ".actual", key, OnOneLine(judged.Actual.Text), OnOneLine(judged.Target.Text)
End Sub

' A number is expected and none can be read for sure.
Private Sub CheckMeasurable(ByVal indicator As PerfIndicator, ByVal judged As PerfJudgement)
    Dim target As String
    target = OnOneLine(judged.Target.Text)
    Select Case judged.Target.Kind
    Case "unclear"
        AddFinding "target-unmeasurable", indicator.Path & ".target", "", target, ""
    Case "not-applicable"
        If Not IsZero(indicator.Weight) Then AddFinding "target-unmeasurable", indicator.Path & ".target", "-nothing", target, ""
    Case "words", "tier"
        If LevelOf(indicator.Level2) = Letters("counted level") Then
            AddFinding "target-unmeasurable", indicator.Path & ".target", "-counted", target, ""
        End If
    Case "number"
        Select Case judged.Actual.Kind
        Case "words", "tier", "scale", "unclear"
            AddFinding "target-unmeasurable", indicator.Path & ".actual", "-actual", OnOneLine(judged.Actual.Text), target
        End Select
    End Select
End Sub

' ---- reasons --------------------------------------------------------------------------------------------

Private Sub CheckReasons()
    Dim indicator As PerfIndicator, judged As PerfJudgement, path As String
    If mForm.Profile.Setting("reason_required") <> "yes" Then Exit Sub
    For Each indicator In mForm.Indicators
        path = indicator.Path & ".deviation"
        If SaysNothing(indicator.Deviation) And Not mForm.IsUnread(path) And Not IsZero(indicator.Weight) Then
            If Not Compared(indicator.Score, "<", indicator.Weight) Then
                Set judged = mForm.JudgementOf(indicator)
                If judged.Beyond Then AddBeyond path, indicator, judged
            End If
        End If
    Next indicator
End Sub

Private Sub AddBeyond(ByVal path As String, ByVal indicator As PerfIndicator, ByVal judged As PerfJudgement)
    Dim made As PerfFinding
    Set made = AddFinding("overachievement-unexplained", path, "", OnOneLine(indicator.Deviation), "")
    If made Is Nothing Then Exit Sub
    made.FillIn "target", OnOneLine(judged.Target.Text)
    made.FillIn "actual", OnOneLine(judged.Actual.Text)
    made.FillIn "threshold", DecimalShift(mForm.Profile.Setting("over_threshold"), 2) & "%"
End Sub

' ---- completeness ---------------------------------------------------------------------------------------

Private Sub CheckNumbers()
    Dim note As Variant
    For Each note In mForm.Notes
        AddFinding "not-a-number", note(0), "", OnOneLine(note(1)), ""
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
    AddFinding "level-unknown", indicator.Path & "." & column, "", OnOneLine(label), _
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
                        Set made = AddFinding("indicator-duplicate", indicator.Path & ".name", "", _
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
