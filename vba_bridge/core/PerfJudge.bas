Option Explicit
Option Compare Binary
Option Private Module
' One target against one actual value under a region's rules.
'
' Met is full; missed is scored in proportion; beyond the target by the threshold and more may cost points; late costs
' points for each month begun; answers in words get a tier's share of the weight. What is not sure stays undecided.

' The row that is judged.
Private mProfile As PerfProfile
Private mLevel1 As String
Private mLevel2 As String

' The score by rule, or the reason why there is none. weight is a decimal or ""; the levels are "" and fiscalYear is 0
' where they are not known.
Public Function Judge(ByVal target As PerfQuantity, ByVal actual As PerfQuantity, ByVal weight As String, _
    ByVal profile As PerfProfile, ByVal level1 As String, ByVal level2 As String, _
    ByVal fiscalYear As Long) As PerfJudgement
    Dim made As PerfJudgement
    Set mProfile = profile
    mLevel1 = level1
    mLevel2 = level2
    Set made = New PerfJudgement
    Set made.Target = target
    Set made.Actual = actual
    made.Weight = weight
    Set made.Comparison = CompareInRow(target, actual, fiscalYear)
    If Len(weight) = 0 Then
        made.Reason = "weight-missing"
    ElseIf DecimalOrder(weight, "0") < 0 Then
        made.Reason = "weight-negative"
    ElseIf DecimalOrder(weight, "0") = 0 Then
        made.Award "no-points", "0"
    ElseIf Not made.Comparison.Decided Then
        made.Reason = IIf(Len(made.Comparison.Reason) > 0, made.Comparison.Reason, "actual-unreadable")
    ElseIf made.Comparison.Basis = "number" Then
        ScoreNumber made
    ElseIf made.Comparison.Basis = "date" Then
        ScoreDate made
    Else
        ScoreAnswer made
    End If
    Set Judge = made
End Function

Private Function StandsIn(ByVal levels As String) As Boolean
    StandsIn = mProfile.Lists(levels, mLevel1) Or mProfile.Lists(levels, mLevel2)
End Function

Private Function Rounded(ByVal points As String) As String
    Rounded = DecimalRound(points, mProfile.Whole("score_decimals"))
End Function

' ---- comparing in the row's setting ---------------------------------------------------------------------

' Costs are ceilings, everything else a floor; nobody aims at "at least none".
Private Function UsualDirection(ByVal target As PerfQuantity) As String
    UsualDirection = "at-least"
    If StandsIn("at_most_levels") Then UsualDirection = "at-most"
    If (target.Sign = "" Or target.Sign = "=") And target.IsNumber("0") Then UsualDirection = "at-most"
End Function

Private Function CompareInRow(ByVal target As PerfQuantity, ByVal actual As PerfQuantity, _
    ByVal fiscalYear As Long) As PerfComparison
    Dim usual As String, made As PerfComparison, ceiling As PerfComparison, tolerance As String
    usual = UsualDirection(target)
    tolerance = mProfile.Setting("about_tolerance")
    Set made = CompareQuantities(target, actual, usual, StandsIn("month_levels"), fiscalYear, tolerance)
    If made.Basis = "number" And usual = "at-least" And MayBeCeiling(target) Then
        Set ceiling = CompareQuantities(target, actual, "at-most", False, 0, tolerance)
        If ceiling.Decided <> made.Decided Or ceiling.Met <> made.Met Then
            Set made = NotDecided(made.Direction, "direction-unclear")
        End If
    End If
    Set CompareInRow = made
End Function

' Whether a target without operator may be a floor as well as a ceiling: hours; money in a row of no level.
Private Function MayBeCeiling(ByVal target As PerfQuantity) As Boolean
    Dim dimension As String
    If (target.Sign <> "" And target.Sign <> "=" And target.Sign <> "~") Or IsRatioSign(target.Unit) Then Exit Function
    dimension = PlainDimensionOf(target.Unit)
    If dimension = "time" Or dimension = "working-time" Or dimension = "months" Then
        MayBeCeiling = True
    ElseIf StandsIn("month_levels") Then
        MayBeCeiling = Len(target.Unit) = 0
    Else
        MayBeCeiling = Len(mLevel1 & mLevel2) = 0 And (dimension = "money" Or dimension = "dollar")
    End If
End Function

' ---- numbers --------------------------------------------------------------------------------------------

Private Sub ScoreNumber(ByVal made As PerfJudgement)
    Dim ceiling As Boolean
    ceiling = IsCeiling(made)
    If Not made.Comparison.Met Then
        ScoreMissed made, ceiling
    ElseIf ceiling Then
        made.Award "ceiling-kept", made.Weight
    ElseIf made.Target.IsRange() Or StandsIn("exempt_levels") Then
        made.Award "met", made.Weight
    Else
        ScoreReached made
    End If
End Sub

Private Function IsCeiling(ByVal made As PerfJudgement) As Boolean
    Dim direction As String
    direction = made.Comparison.Direction
    If direction = "equal" Or direction = "about" Then direction = UsualDirection(made.Target)
    IsCeiling = direction = "at-most"
End Function

' Where actual/target lies, both ends over made.Comparison.RatioBottom; an exact actual is one ratio, a bound or an
' estimate more than one. high is "" where it is open.
Private Sub TakeSpan(ByVal made As PerfJudgement, ByRef low As String, ByRef high As String)
    Dim margin As String
    low = made.Comparison.RatioTop
    high = low
    Select Case made.Actual.Sign
    Case "~"
        margin = DecimalProduct(mProfile.Setting("about_tolerance"), DecimalSize(low))
        low = DecimalDifference(low, margin)
        high = DecimalSum(high, margin)
    Case ">", ">="
        high = ""
    Case "<", "<="
        low = "0"
    End Select
End Sub

' Met, perhaps by far: the region says from where on and what that costs.
Private Sub ScoreReached(ByVal made As PerfJudgement)
    Dim low As String, high As String, limit As String, charge As String, leftOver As String, deduction As String
    deduction = mProfile.Setting("over_deduction")
    charge = mProfile.Setting("over_amount")
    If deduction <> "points" Then charge = Rounded(DecimalProduct(charge, made.Weight))
    leftOver = DecimalMore("0", DecimalDifference(made.Weight, charge))
    If made.Comparison.HasRatio() Then
        TakeSpan made, low, high
        limit = DecimalProduct(OverLimit(), made.Comparison.RatioBottom)
        made.Beyond = DecimalOrder(low, limit) >= 0
    End If
    If made.Beyond And deduction = "none" Then
        made.Award "met-beyond", made.Weight
    ElseIf made.Beyond Then
        made.Award "over-" & deduction, leftOver
        made.Charge = charge
    ElseIf deduction = "none" Or Not MayBeBeyond(made, high, limit) Then
        made.Award "met", made.Weight
    Else
        made.AwardRange "over-open", leftOver, made.Weight
        made.Points = ""
        made.Charge = charge
    End If
End Sub

Private Function OverLimit() As String
    OverLimit = DecimalSum("1", mProfile.Setting("over_threshold"))
End Function

' Whether a met target may as well have been passed by far: the actual is a bound, or 0.5 that may be 0.5%.
Private Function MayBeBeyond(ByVal made As PerfJudgement, ByVal high As String, ByVal limit As String) As Boolean
    Dim wanted As String
    wanted = made.Target.Number()
    If Len(wanted) = 0 Then Exit Function
    If DecimalOrder(wanted, "0") <= 0 Then Exit Function
    If Not made.Comparison.HasRatio() Then
        MayBeBeyond = True
    ElseIf Len(high) > 0 Then
        MayBeBeyond = DecimalOrder(high, limit) >= 0
    Else
        ' a share of something ends at 100%
        MayBeBeyond = Not (made.Target.Unit = "%" And DecimalOrder(wanted, "1") <= 0 _
            And DecimalOrder(DecimalProduct(wanted, OverLimit()), "1") > 0)
    End If
End Function

Private Sub ScoreMissed(ByVal made As PerfJudgement, ByVal ceiling As Boolean)
    Dim low As String, high As String, points1 As String, points2 As String, ruleName As String
    ruleName = IIf(mProfile.Setting("shortfall") = "zero", "shortfall-zero", "shortfall")
    If ceiling Then ruleName = "ceiling-" & mProfile.Setting("at_most")
    If ceiling And made.Target.IsNumber("0") Then
        made.Award ruleName, "0"
    ElseIf Not made.Comparison.HasRatio() Then
        made.Reason = "ratio-unknown"
    Else
        TakeSpan made, low, high
        points1 = PointsAt(made, low, ceiling)
        points2 = PointsAt(made, high, ceiling)
        made.AwardRange ruleName, DecimalLess(points1, points2), DecimalMore(points1, points2)
    End If
End Sub

' The points of a missed target where actual/target is top/RatioBottom; "" is a ratio without end.
Private Function PointsAt(ByVal made As PerfJudgement, ByVal top As String, ByVal ceiling As Boolean) As String
    Dim bottom As String, places As Long
    bottom = made.Comparison.RatioBottom
    places = mProfile.Whole("score_decimals")
    PointsAt = "0"
    If Len(top) = 0 Then Exit Function
    If Not ceiling Then
        If mProfile.Setting("shortfall") = "zero" Or DecimalOrder(top, "0") <= 0 Then Exit Function
        PointsAt = DecimalQuotient(DecimalProduct(DecimalLess(top, bottom), made.Weight), bottom, places)
    ElseIf DecimalOrder(top, bottom) <= 0 Then
        PointsAt = Rounded(made.Weight)
    ElseIf mProfile.Setting("at_most") = "ratio" Then
        PointsAt = DecimalQuotient(DecimalProduct(made.Weight, bottom), top, places)
    Else
        top = DecimalMore("0", DecimalDifference(DecimalSum(bottom, bottom), top))
        PointsAt = DecimalQuotient(DecimalProduct(top, made.Weight), bottom, places)
    End If
End Function

' ---- dates ----------------------------------------------------------------------------------------------

Private Sub ScoreDate(ByVal made As PerfJudgement)
    Dim eachMonth As String
    eachMonth = mProfile.Setting("points_per_month")
    If made.Comparison.Met Then
        made.Award "in-time", made.Weight
    ElseIf made.Comparison.MonthsLate < 0 Then
        made.Reason = "lateness-unknown"
    ElseIf Len(eachMonth) = 0 Then
        made.Reason = "lateness-not-ruled"
    Else
        made.Charge = DecimalProduct(eachMonth, CStr(made.Comparison.MonthsLate))
        made.Award "late", DecimalMore("0", DecimalDifference(made.Weight, made.Charge))
    End If
End Sub

' ---- answers in words -----------------------------------------------------------------------------------

Private Sub ScoreAnswer(ByVal made As PerfJudgement)
    Dim ownWords As Boolean, tier As String
    tier = made.Comparison.Tier
    ownWords = made.Comparison.Basis = "words" And Repeats(made.Target, made.Actual)
    If Len(tier) = 0 Then
        made.Reason = "words-differ"
    ElseIf (made.Target.Kind = "number" Or made.Target.Kind = "date") And Not ownWords Then
        If made.Comparison.Met Then
            AwardTier made, "claimed", "met"
        Else
            made.Reason = IIf(made.Target.Kind = "number", "shortfall-unknown", "lateness-unknown")
        End If
    Else
        If tier = "not-met" Then tier = "missed"
        AwardTier made, "tier-" & tier, tier
        If made.Comparison.Rank = 1 Then
            made.Rule = "best-answer"
            made.Points = made.Weight
        ElseIf ownWords Then
            made.Rule = "own-words"
            made.Points = made.Weight
        End If
    End If
End Sub

' The target's own words, and nothing less than all of it.
Private Function Repeats(ByVal target As PerfQuantity, ByVal actual As PerfQuantity) As Boolean
    If Len(target.Words) = 0 Or target.Words <> actual.Words Then Exit Function
    Repeats = target.Kind <> "number"
    If target.Kind = "number" And target.Unit = "%" And Len(target.Low) > 0 And Len(target.High) > 0 Then
        Repeats = DecimalOrder(target.Low, "1") = 0 And DecimalOrder(target.High, "1") = 0
    End If
End Function

' The tier's share of the weight. Its upper end belongs to the next tier up, where there is one.
Private Sub AwardTier(ByVal made As PerfJudgement, ByVal ruleName As String, ByVal tier As String)
    Dim ends As Variant, low As String, high As String, unit As String
    ends = Split(mProfile.Setting("tier_" & tier), ",")
    low = Rounded(DecimalProduct(ends(0), made.Weight))
    high = Rounded(DecimalProduct(ends(1), made.Weight))
    If ends(2) = "shared" Then
        unit = DecimalShift("1", -mProfile.Whole("score_decimals"))
        high = DecimalMore(low, DecimalDifference(high, unit))
    End If
    If DecimalOrder(ends(1), "1") = 0 Then high = made.Weight
    made.AwardRange ruleName, low, high
    made.Points = ""
End Sub
