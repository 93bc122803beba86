Option Explicit
Option Compare Binary
Option Private Module
' Holds an actual value against its target.

Private Const UNDECIDED As Long = 0
Private Const REACHED As Long = 1
Private Const MISSED As Long = -1

' Whether the actual meets the target, or why that cannot be decided.
'
' defaultDirection: at-least or at-most, for a target without operator and for "=", which forms use for "the target
' is". ">" counts as ">=" and "<" as "<=": forms use them loosely. asMonths: two bare whole numbers from 1 to 12 are
' months. fiscalYear: the year of a date that has none, 0 where it is not known. tolerance: how far "about" reaches.
Public Function CompareQuantities(ByVal target As PerfQuantity, ByVal actual As PerfQuantity, _
    ByVal defaultDirection As String, ByVal asMonths As Boolean, ByVal fiscalYear As Long, _
    ByVal tolerance As String) As PerfComparison
    Dim wanted As PerfQuantity, got As PerfQuantity, doubt As String
    If actual.Kind = "number" Or actual.Kind = "date" Then
        doubt = IIf(Len(target.Aside) > 0, "target-unreadable", "")
        If Len(doubt) = 0 Then doubt = ObstacleOf(target, actual, defaultDirection)
    End If
    If target.Kind = "blank" Or actual.Kind = "blank" Then
        Set CompareQuantities = NotDecided("", "blank")
    ElseIf target.Kind = "not-applicable" Or actual.Kind = "not-applicable" Then
        Set CompareQuantities = NotDecided("", "not-applicable")
    ElseIf Len(doubt) > 0 Then
        Set CompareQuantities = NotDecided("", doubt)
    ElseIf target.Kind = "scale" Then
        Set CompareQuantities = OnScale(target, actual)
    ElseIf AreDates(target, actual, asMonths, wanted, got) Then
        Set CompareQuantities = ByDate(wanted, got, fiscalYear)
    ElseIf target.Kind = "number" And actual.Kind = "number" Then
        Set CompareQuantities = ByNumber(target, actual, defaultDirection, tolerance)
    Else
        Set CompareQuantities = ByWords(target, actual)
    End If
End Function

Public Function NotDecided(ByVal direction As String, ByVal reason As String) As PerfComparison
    Dim made As PerfComparison
    Set made = New PerfComparison
    made.Direction = direction
    made.Reason = reason
    made.MonthsLate = -1
    Set NotDecided = made
End Function

' ---- numbers --------------------------------------------------------------------------------------------

Private Function ByNumber(ByVal target As PerfQuantity, ByVal actual As PerfQuantity, ByVal usual As String, _
    ByVal tolerance As String) As PerfComparison
    Dim readings As Collection, reason As String, first As PerfComparison, other As PerfComparison
    If Len(actual.DoneRate) > 0 And AsksForRate(target) Then Set actual = RateAlone(actual)
    Set readings = Candidates(target, actual, reason)
    If readings.Count = 0 Then
        Set ByNumber = NotDecided("", reason)
        Exit Function
    End If
    Set first = Decision(target, actual, readings.Item(1), usual, tolerance)
    If readings.Count > 1 Then
        Set other = Decision(target, actual, readings.Item(2), usual, tolerance)
        If first.Decided <> other.Decided Or first.Met <> other.Met Then
            Set first = NotDecided(first.Direction, readings.Item(1).Doubt)
        Else
            first.RatioTop = ""
            first.RatioBottom = ""
            first.RatioIsBound = False
        End If
    ElseIf (first.Decided And first.Met And actual.Stance = "not-met") Or BeliesRate(first, actual.DoneRate) Then
        first.Decided = False
        first.Met = False
        first.Basis = ""
        first.RatioIsBound = False
        first.Reason = "contradiction"
    End If
    Set ByNumber = first
End Function

Private Function AsksForRate(ByVal target As PerfQuantity) As Boolean
    If target.Unit = "%" Then AsksForRate = Words("rates of completion").StandsIn(target.Words)
End Function

Private Function RateAlone(ByVal actual As PerfQuantity) As PerfQuantity
    Dim made As PerfQuantity
    Set made = New PerfQuantity
    made.Kind = "number"
    made.Low = actual.DoneRate
    made.High = actual.DoneRate
    made.Unit = "%"
    made.Stance = actual.Stance
    Set RateAlone = made
End Function

' A rate of completion that is stated must be the one that is found, to one percent.
Private Function BeliesRate(ByVal made As PerfComparison, ByVal rate As String) As Boolean
    If Len(rate) = 0 Or Not made.HasRatio() Then Exit Function
    BeliesRate = DecimalOrder(DecimalSize(DecimalDifference(made.Ratio(20), rate)), "0.01") > 0
End Function

Private Function Decision(ByVal target As PerfQuantity, ByVal actual As PerfQuantity, _
    ByVal reading As PerfCandidate, ByVal usual As String, ByVal tolerance As String) As PerfComparison
    Dim made As PerfComparison, direction As String, outcome As Long
    Set made = NotDecided("", "")
    If Not (target.IsRange() Or actual.IsRange()) Then TakeRatio made, reading
    If actual.Sign = "~" Then WidenGot reading, tolerance
    made.RatioIsBound = made.HasRatio() And IsOpen(reading.GotLow, reading.GotHigh)
    If target.IsRange() Then
        DecideInRange made, reading, usual, target.Sign = Letters("tolerance")
        Set Decision = made
        Exit Function
    End If
    ' nobody aims at "at least none": a complaint is missed by one
    If (target.Sign = "" Or target.Sign = "=") And target.IsNumber("0") Then usual = "at-most"
    direction = DirectionOf(target.Sign, usual)
    If direction = "about" Then WidenWanted reading, tolerance
    made.Direction = direction
    If direction = "equal" Or direction = "about" Then direction = usual
    outcome = Reaches(reading, direction)
    If outcome = UNDECIDED Then
        made.Reason = "bound-undecided"
    Else
        made.Decide outcome = REACHED, "number"
    End If
    Set Decision = made
End Function

Private Function DirectionOf(ByVal sign As String, ByVal usual As String) As String
    Select Case sign
    Case ">=", ">": DirectionOf = "at-least"
    Case "<=", "<": DirectionOf = "at-most"
    Case "=": DirectionOf = "equal"
    Case "~": DirectionOf = "about"
    Case Else: DirectionOf = usual
    End Select
End Function

Private Sub TakeRatio(ByVal made As PerfComparison, ByVal reading As PerfCandidate)
    If Len(reading.Got()) = 0 Or Len(reading.Wanted()) = 0 Then Exit Sub
    If DecimalOrder(reading.Wanted(), "0") <= 0 Then Exit Sub
    made.RatioTop = reading.Got()
    made.RatioBottom = reading.Wanted()
End Sub

Private Function IsOpen(ByVal low As String, ByVal high As String) As Boolean
    If Len(low) = 0 Or Len(high) = 0 Then
        IsOpen = True
    Else
        IsOpen = DecimalOrder(low, high) <> 0
    End If
End Function

' UNDECIDED when the actual is a bound or an estimate that reaches to both sides of the target.
Private Function Reaches(ByVal reading As PerfCandidate, ByVal direction As String) As Long
    If direction = "at-most" Then
        If Len(reading.WantedHigh) = 0 Then Exit Function
        If IsBeyond(reading.GotLow, reading.WantedHigh, 1) Then Reaches = MISSED
        If Len(reading.GotHigh) > 0 And Not IsBeyond(reading.GotHigh, reading.WantedHigh, 1) Then Reaches = REACHED
    Else
        If Len(reading.WantedLow) = 0 Then Exit Function
        If IsBeyond(reading.GotHigh, reading.WantedLow, -1) Then Reaches = MISSED
        If Len(reading.GotLow) > 0 And Not IsBeyond(reading.GotLow, reading.WantedLow, -1) Then Reaches = REACHED
    End If
End Function

' Whether a known number lies on that side (1 above, -1 below) of the other.
Private Function IsBeyond(ByVal number As String, ByVal edge As String, ByVal side As Long) As Boolean
    If Len(number) > 0 Then IsBeyond = DecimalOrder(number, edge) = side
End Function

' Inside is met. Outside on the side the direction calls better is left open, on the other side missed; around a target
' with a tolerance on both.
Private Sub DecideInRange(ByVal made As PerfComparison, ByVal reading As PerfCandidate, ByVal usual As String, _
    ByVal hasTolerance As Boolean)
    Dim low As Long, high As Long
    made.Direction = "within-range"
    low = Reaches(reading, "at-least")
    high = Reaches(reading, "at-most")
    If low = REACHED And high = REACHED Then
        made.Decide True, "number"
    ElseIf hasTolerance And (low = MISSED Or high = MISSED) Then
        made.Decide False, "number"
    ElseIf IIf(usual = "at-most", high, low) = MISSED Then
        made.Decide False, "number"
    Else
        made.Reason = IIf(IIf(usual = "at-most", low, high) = MISSED, "beyond-range", "bound-undecided")
    End If
End Sub

Private Sub WidenGot(ByVal reading As PerfCandidate, ByVal tolerance As String)
    Dim margin As String
    margin = DecimalProduct(tolerance, DecimalSize(reading.Got()))
    If Len(reading.GotLow) > 0 Then reading.GotLow = DecimalDifference(reading.GotLow, margin)
    If Len(reading.GotHigh) > 0 Then reading.GotHigh = DecimalSum(reading.GotHigh, margin)
End Sub

Private Sub WidenWanted(ByVal reading As PerfCandidate, ByVal tolerance As String)
    Dim margin As String
    margin = DecimalProduct(tolerance, DecimalSize(reading.Wanted()))
    If Len(reading.WantedLow) > 0 Then reading.WantedLow = DecimalDifference(reading.WantedLow, margin)
    If Len(reading.WantedHigh) > 0 Then reading.WantedHigh = DecimalSum(reading.WantedHigh, margin)
End Sub

' ---- dates ----------------------------------------------------------------------------------------------

' Both as dates: a bare whole number beside a month, or two of them with asMonths, are months.
Private Function AreDates(ByVal target As PerfQuantity, ByVal actual As PerfQuantity, ByVal asMonths As Boolean, _
    ByRef wanted As PerfQuantity, ByRef got As PerfQuantity) As Boolean
    Set wanted = AsMonth(target)
    Set got = AsMonth(actual)
    If wanted Is Nothing Or got Is Nothing Then Exit Function
    If target.Kind = "date" And actual.Kind = "date" Then
        AreDates = True
    ElseIf target.Kind = "date" Or actual.Kind = "date" Then
        AreDates = asMonths Or Not (HasDay(target) Or HasDay(actual))
    Else
        AreDates = asMonths
    End If
End Function

Private Function HasDay(ByVal quantity As PerfQuantity) As Boolean
    If quantity.Kind = "date" Then HasDay = DayOf(quantity.LastDate) >= 0
End Function

Private Function AsMonth(ByVal quantity As PerfQuantity) As PerfQuantity
    Dim made As PerfQuantity, number As String
    If quantity.Kind = "date" Then
        Set AsMonth = quantity
        Exit Function
    End If
    number = quantity.Number()
    If quantity.Kind <> "number" Or Len(quantity.Unit) > 0 Or Len(number) = 0 Then Exit Function
    number = DecimalPlain(number)
    If DecimalPlaces(number) > 0 Or DecimalOrder(number, "1") < 0 Or DecimalOrder(number, "12") > 0 Then Exit Function
    Set made = New PerfQuantity
    made.Kind = "date"
    made.Sign = quantity.Sign
    made.FirstDate = PartialDate(-1, CLng(number))
    made.LastDate = made.FirstDate
    Set AsMonth = made
End Function

Private Function ByDate(ByVal target As PerfQuantity, ByVal actual As PerfQuantity, _
    ByVal fiscalYear As Long) As PerfComparison
    Dim made As PerfComparison, year As Long, last As Long, earliest As Long, bounded As Boolean, months As Long
    Set made = NotDecided("by-date", "")
    Set ByDate = made
    If Left$(target.Sign, 1) = ">" Or Left$(actual.Sign, 1) = ">" Then
        made.Reason = "direction-unclear"
        Exit Function
    End If
    If IsMonthly(target.LastDate) Or IsMonthly(actual.LastDate) Then
        DecideByDay made, target.LastDate, actual.LastDate
        Exit Function
    End If
    If IsNextYear(target.LastDate) And Not IsNextYear(actual.LastDate) And YearOf(actual.LastDate) < 0 Then
        made.Reason = "year-unknown"
        Exit Function
    End If
    If YearOf(actual.LastDate) >= 0 And YearOf(target.LastDate) < 0 And fiscalYear = 0 Then
        made.Reason = "year-unknown"
        Exit Function
    End If
    year = IIf(fiscalYear > 0, fiscalYear, IIf(YearOf(target.LastDate) > 0, YearOf(target.LastDate), 0))
    last = LastDay(target.LastDate, year)
    earliest = FirstDay(actual.LastDate, year)
    bounded = Left$(actual.Sign, 1) = "<"
    If LastDay(actual.LastDate, year) <= last Then
        If target.FirstDate <> target.LastDate And Not bounded _
            And LastDay(actual.LastDate, year) < FirstDay(target.FirstDate, year) Then
            made.Reason = "beyond-range"
        Else
            made.Decide True, "date"
            made.MonthsLate = 0
        End If
    ElseIf earliest <= last Or bounded Then
        made.Reason = "bound-undecided"
    Else
        months = (earliest \ 10000 - last \ 10000) * 12 + (earliest \ 100) Mod 100 - (last \ 100) Mod 100
        made.Decide False, "date"
        made.MonthsLate = IIf(months > 1, months, 1)
    End If
End Function

' A day of every month compares with such a day alone, and how many months were late is not said.
Private Sub DecideByDay(ByVal made As PerfComparison, ByVal wanted As Double, ByVal got As Double)
    If Not (IsMonthly(wanted) And IsMonthly(got)) Then
        made.Reason = "kinds-differ"
    ElseIf DayOf(got) <= DayOf(wanted) Then
        made.Decide True, "date"
        made.MonthsLate = 0
    Else
        made.Decide False, "date"
    End If
End Sub

' ---- words ----------------------------------------------------------------------------------------------

' The place of the answer on the scale, or what the words claim when the answer is not one of the scale.
Private Function OnScale(ByVal target As PerfQuantity, ByVal actual As PerfQuantity) As PerfComparison
    Dim made As PerfComparison, list As Variant, chosen As String, index As Long
    Set made = NotDecided("tier", "")
    Set OnScale = made
    list = Split(target.Answers, " ")
    chosen = ChosenAnswer(list, actual)
    If Len(chosen) > 0 Then
        For index = UBound(list) To 0 Step -1
            If list(index) = chosen Then made.Rank = index + 1
        Next index
        made.Tier = TierOfPlace(made.Rank, UBound(list) + 1, chosen)
        made.Decide made.Tier = "met", "tier"
    ElseIf Len(actual.Stance) > 0 And (Len(actual.Answer) > 0 Or IsWordy(actual) Or actual.Kind = "unclear") Then
        made.Tier = actual.Stance
        made.Decide actual.Stance = "met", "words"
    ElseIf actual.Kind = "number" Or actual.Kind = "date" Then
        made.Reason = "kinds-differ"
    Else
        made.Reason = "actual-unreadable"
    End If
End Function

Private Function IsWordy(ByVal quantity As PerfQuantity) As Boolean
    IsWordy = quantity.Kind = "words" Or quantity.Kind = "tier"
End Function

' The answer as the scale prints it: the long word for excellent is the short one where only that is printed.
Private Function ChosenAnswer(ByVal list As Variant, ByVal actual As PerfQuantity) As String
    Dim index As Long, longest As String
    If IsIn(list, actual.Answer) Then
        ChosenAnswer = actual.Answer
        Exit Function
    End If
    If IsIn(list, actual.Words) Then
        ChosenAnswer = actual.Words
        Exit Function
    End If
    If actual.Kind = "words" Then
        For index = LBound(list) To UBound(list)
            If Len(list(index)) > 1 And Len(list(index)) > Len(longest) And EndsWith(actual.Words, list(index)) Then
                If actual.Stance <> "not-met" Or index = UBound(list) Then longest = list(index)
            End If
        Next index
    End If
    If Len(longest) = 0 And IsIn(list, Left$(actual.Answer, 1)) Then longest = Left$(actual.Answer, 1)
    ChosenAnswer = longest
End Function

Private Function IsIn(ByVal list As Variant, ByVal word As String) As Boolean
    Dim index As Long
    If Len(word) = 0 Then Exit Function
    For index = LBound(list) To UBound(list)
        If list(index) = word Then IsIn = True
    Next index
End Function

' The first answer is met and the last is not; between them the word itself says which tier it stands for.
Private Function TierOfPlace(ByVal place As Long, ByVal count As Long, ByVal answer As String) As String
    If place = 1 Then
        TierOfPlace = "met"
    ElseIf place = count Then
        TierOfPlace = "not-met"
    ElseIf Words("only passed").Has(answer) Then
        TierOfPlace = "partly"
    Else
        TierOfPlace = TierOf(answer)
        If Len(TierOfPlace) = 0 Then TierOfPlace = "partly"
    End If
End Function

' What is only said: the actual repeats the target's words, or claims it met, partly met or not met.
Private Function ByWords(ByVal target As PerfQuantity, ByVal actual As PerfQuantity) As PerfComparison
    Dim made As PerfComparison, repeats As Boolean
    Set made = NotDecided("words", "")
    repeats = Len(target.Words) > 0 And target.Words = actual.Words
    If repeats Then repeats = SaysAll(target) And SaysAll(actual) And Not Intends(actual.Words)
    If repeats Then
        made.Tier = "met"
        made.Decide True, "words"
    ElseIf IsWordy(actual) And Len(actual.Stance) > 0 Then
        made.Tier = actual.Stance
        made.Decide actual.Stance = "met", "words"
    ElseIf target.Kind = "unclear" Then
        made.Reason = IIf(IsTold(target.Reason), target.Reason, "target-unreadable")
    ElseIf IsTold(actual.Reason) Then
        made.Reason = actual.Reason
    ElseIf IsWordy(target) Then
        made.Reason = IIf(IsWordy(actual), "words-differ", "kinds-differ")
    ElseIf actual.Kind = "number" Or actual.Kind = "date" Or actual.Kind = "scale" Then
        made.Reason = "kinds-differ"
    Else
        made.Reason = "actual-unreadable"
    End If
    Set ByWords = made
End Function

' Why a text is not read that its reader is told in these words.
Private Function IsTold(ByVal reason As String) As Boolean
    IsTold = reason = "operator-lost" Or reason = "sum"
End Function

' "Carried out 100%" says the same as "carried out"; 90% does not.
Private Function SaysAll(ByVal quantity As PerfQuantity) As Boolean
    If IsWordy(quantity) Or quantity.Kind = "unclear" Then
        SaysAll = True
    ElseIf quantity.Kind = "number" And quantity.Unit = "%" And Len(quantity.Low) > 0 And Len(quantity.High) > 0 Then
        SaysAll = DecimalOrder(quantity.Low, "1") = 0 And DecimalOrder(quantity.High, "1") = 0
    End If
End Function
