Option Explicit
' Lets the tests ask the modules of the core directly, many texts at a time.
Public Function Calculated(ByVal op As String, ByVal one As String, ByVal other As String, ByVal places As Long) As Variant
    Select Case op
    Case "sum": Calculated = DecimalSum(one, other)
    Case "difference": Calculated = DecimalDifference(one, other)
    Case "product": Calculated = DecimalProduct(one, other)
    Case "quotient": Calculated = DecimalQuotient(one, other, places)
    Case "order": Calculated = CStr(DecimalOrder(one, other))
    Case "shift": Calculated = DecimalShift(one, places)
    End Select
End Function
Public Function ReadAs(ByVal text As String) As String
    Dim quantity As PerfQuantity
    Set quantity = ReadQuantity(text)
    ReadAs = Join(Array(quantity.Kind, quantity.Sign, quantity.Low, quantity.High, quantity.Unit, CStr(quantity.Places), _
        DayWritten(quantity.FirstDate), DayWritten(quantity.LastDate), quantity.Answers, quantity.Answer, _
        quantity.Stance, quantity.Words, quantity.Beside, quantity.Aside, quantity.DoneRate, quantity.Reason), vbTab)
End Function
Private Function DayWritten(ByVal day As Double) As String
    If day > 0 Then DayWritten = YearOf(day) & "/" & MonthOf(day) & "/" & DayOf(day) & IIf(IsNextYear(day), "+1", "")
End Function
Public Function ReadAll(ByVal texts As String) As String
    Dim list As Variant, index As Long
    list = Split(texts, vbLf)
    For index = LBound(list) To UBound(list)
        list(index) = ReadAs(list(index))
    Next index
    ReadAll = Join(list, vbLf)
End Function
Public Function ComparedAll(ByVal pairs As String) As String
    Dim list As Variant, index As Long, parts As Variant, made As PerfComparison
    list = Split(pairs, vbLf)
    For index = LBound(list) To UBound(list)
        parts = Split(list(index), vbTab)
        Set made = CompareQuantities(ReadQuantity(parts(0)), ReadQuantity(parts(1)), parts(2), parts(3) = "months", _
            CLng(parts(4)), parts(5))
        list(index) = Join(Array(made.Direction, made.Decided, made.Met, made.Basis, made.Ratio(12), made.RatioIsBound, _
            made.MonthsLate, made.Tier, made.Rank, made.Reason), vbTab)
    Next index
    ComparedAll = Join(list, vbLf)
End Function
