Option Explicit
Option Compare Binary
Option Private Module
' What the terms of a law mean. Numbers are decimals, "" is nothing: arithmetic with nothing gives nothing, a
' comparison with nothing does not hold. The laws themselves are in PerfLaws, which is made.

Private mForm As PerfForm

Public Sub AskTermsOf(ByVal form As PerfForm)
    Set mForm = form
End Sub

' ---- values ---------------------------------------------------------------------------------------------

Public Function RuleOf(ByVal setting As String) As String
    RuleOf = mForm.Profile.Setting(setting)
End Function

Public Function SumOf(ByVal one As String, ByVal other As String) As String
    If Len(one) > 0 And Len(other) > 0 Then SumOf = DecimalSum(one, other)
End Function

Public Function DifferenceOf(ByVal one As String, ByVal other As String) As String
    If Len(one) > 0 And Len(other) > 0 Then DifferenceOf = DecimalDifference(one, other)
End Function

Public Function ProductOf(ByVal one As String, ByVal other As String) As String
    If Len(one) > 0 And Len(other) > 0 Then ProductOf = DecimalProduct(one, other)
End Function

' Rounded half-up; nothing for a divisor that is not above 0.
Public Function QuotientOf(ByVal dividend As String, ByVal divisor As String, ByVal places As Long) As String
    If Not Compared(divisor, ">", "0") Or Len(dividend) = 0 Then Exit Function
    QuotientOf = DecimalQuotient(dividend, divisor, places)
End Function

Public Function RoundedTo(ByVal number As String, ByVal places As Long) As String
    If Len(number) > 0 Then RoundedTo = DecimalRound(number, places)
End Function

Public Function Within(ByVal number As String, ByVal low As String, ByVal high As String) As String
    If Len(number) > 0 And Len(low) > 0 And Len(high) > 0 Then Within = DecimalMore(low, DecimalLess(high, number))
End Function

Public Function FirstOf(ByVal one As String, ByVal other As String) As String
    FirstOf = one
    If Len(one) = 0 Then FirstOf = other
End Function

Public Function Chosen(ByVal condition As Boolean, ByVal one As String, ByVal other As String) As String
    Chosen = other
    If condition Then Chosen = one
End Function

' A cell of the row of the year's total; nothing where there is no such row.
Public Function OfExecution(ByVal column As String) As String
    If Not mForm.TotalLine Is Nothing Then OfExecution = LineCell(mForm.TotalLine, column)
End Function

Public Function LineCell(ByVal fundLine As PerfFundLine, ByVal column As String) As String
    Select Case column
    Case "weight": LineCell = fundLine.Weight
    Case "execution_rate": LineCell = fundLine.Rate
    Case "score": LineCell = fundLine.Score
    Case "base": LineCell = mForm.BaseBudget(fundLine)
    Case Else: LineCell = fundLine.Amount(column)
    End Select
End Function

' The amounts of a column below the total added up; of all of them, or of the lines the form usually prints.
Public Function LinesAdded(ByVal column As String, ByVal usualOnly As Boolean) As String
    Dim fundLine As PerfFundLine, amount As String
    For Each fundLine In mForm.Lines
        amount = LineCell(fundLine, column)
        If Len(amount) > 0 And IsPart(fundLine, usualOnly) Then LinesAdded = DecimalSum(FirstOf(LinesAdded, "0"), amount)
    Next fundLine
End Function

' How many amounts of a column below the total are not 0.
Public Function LinesCounted(ByVal column As String, ByVal usualOnly As Boolean) As String
    Dim fundLine As PerfFundLine, count As Long
    For Each fundLine In mForm.Lines
        If Not IsZero(LineCell(fundLine, column)) And IsPart(fundLine, usualOnly) Then count = count + 1
    Next fundLine
    LinesCounted = CStr(count)
End Function

Private Function IsPart(ByVal fundLine As PerfFundLine, ByVal usualOnly As Boolean) As Boolean
    If fundLine Is mForm.TotalLine Then Exit Function
    IsPart = True
    If usualOnly Then IsPart = Holds("|" & mForm.Profile.Setting("sources") & "|", "|" & fundLine.Source & "|")
End Function

Public Function IndicatorCell(ByVal indicator As PerfIndicator, ByVal column As String) As String
    Select Case column
    Case "level1": IndicatorCell = indicator.Level1
    Case "level2": IndicatorCell = indicator.Level2
    Case "name": IndicatorCell = indicator.Title
    Case "target": IndicatorCell = indicator.Target & ""
    Case "actual": IndicatorCell = indicator.Actual & ""
    Case "weight": IndicatorCell = indicator.Weight
    Case "score": IndicatorCell = indicator.Score
    Case "deviation": IndicatorCell = indicator.Deviation
    End Select
End Function

' ---- tests ----------------------------------------------------------------------------------------------

Public Function Near(ByVal one As String, ByVal other As String, ByVal allowed As String) As Boolean
    If Len(one) = 0 Or Len(other) = 0 Or Len(allowed) = 0 Then Exit Function
    Near = DecimalOrder(DecimalSize(DecimalDifference(one, other)), allowed) <= 0
End Function

Public Function Compared(ByVal one As String, ByVal how As String, ByVal other As String) As Boolean
    Dim order As Long
    If Len(one) = 0 Or Len(other) = 0 Then Exit Function
    order = DecimalOrder(one, other)
    Select Case how
    Case "<": Compared = order < 0
    Case "<=": Compared = order <= 0
    Case ">": Compared = order > 0
    Case ">=": Compared = order >= 0
    End Select
End Function

' The printed ratio is the quotient rounded to as many decimals as are printed: 2 at least, "most" at most.
Public Function AsPrinted(ByVal printed As String, ByVal dividend As String, ByVal divisor As String, _
    ByVal most As Long) As Boolean
    Dim places As Long
    If Len(printed) = 0 Or Len(dividend) = 0 Or Not Compared(divisor, ">", "0") Then Exit Function
    places = DecimalPlaces(DecimalPlain(printed))
    If places < 2 Then places = 2
    If places > most Then places = most
    AsPrinted = DecimalOrder(DecimalRound(printed, places), DecimalQuotient(dividend, divisor, places)) = 0
End Function

Public Function IsBlankText(ByVal text As String) As Boolean
    IsBlankText = Len(Trimmed(text)) = 0
End Function

' No reason: blank, a dash, a word for nothing, whatever stops stand in it.
Public Function SaysNothing(ByVal text As String) As Boolean
    Dim bare As String
    bare = Without(text, Letters("blanks") & Letters("reason ends"))
    SaysNothing = Len(bare) = 0
    If Len(bare) > 0 Then SaysNothing = Words("nothing said").Has(bare)
End Function

Public Function SaysWord(ByVal text As String, ByVal word As String) As Boolean
    SaysWord = Without(text, Letters("blanks")) = word
End Function
