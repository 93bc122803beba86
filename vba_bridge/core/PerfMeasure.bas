Option Explicit
Option Compare Binary
Option Private Module
' The numbers of target and actual in one unit, or why the units do not compare.
'
' Where one side has no unit or no magnitude, there may be two readings; each is a candidate, and the comparison
' stands only when they all lead to the same.

' A reading within this factor of the target is believed before one that is ten thousand times off.
Private Const NEAR_PLACES As Long = 1

' Every reading under which the two compare; none, and the reason, where they do not.
Public Function Candidates(ByVal target As PerfQuantity, ByVal actual As PerfQuantity, ByRef reason As String) As Collection
    Dim found As Collection
    Set found = New Collection
    reason = ""
    If Len(target.Unit) > 0 And Len(actual.Unit) > 0 Then
        AddConverted found, target, actual, reason
    ElseIf IsRatioSign(target.Unit) Then
        AddWithPercent found, target, actual, True, reason
    ElseIf IsRatioSign(actual.Unit) Then
        AddWithPercent found, target, actual, False, reason
    ElseIf Len(target.Unit) = 0 And Len(actual.Unit) = 0 And MayBePercent(OneOf(target), OneOf(actual)) Then
        reason = "percent-or-number"
    Else
        AddWithScale found, target, actual
    End If
    Set Candidates = found
End Function

' An hour and 30 minutes are 90 minutes: adds the second to the number, whose unit becomes the smaller one. False where
' the second is no smaller unit that goes whole into the first.
Public Function AddSmaller(ByVal number As PerfQuantity, ByVal smaller As PerfToken) As Boolean
    Dim unit As String, one As String, other As String, top1 As String, bottom1 As String, top2 As String
    Dim bottom2 As String, steps As String
    If Not DimensionOf(number.Unit, one, top1, bottom1) Then Exit Function
    unit = smaller.Unit
    If one = "time" And unit = Letters("minute") Then unit = Letters("minutes")
    If Not DimensionOf(unit, other, top2, bottom2) Then Exit Function
    If one <> other Then Exit Function
    top1 = DecimalProduct(top1, bottom2)
    bottom1 = DecimalProduct(bottom1, top2)
    steps = DecimalQuotient(top1, bottom1, 0)
    If DecimalOrder(DecimalProduct(steps, bottom1), top1) <> 0 Or DecimalOrder(steps, "2") < 0 Then Exit Function
    If DecimalOrder(smaller.Value, steps) >= 0 Or DecimalPlaces(DecimalPlain(number.Low)) > 0 Then Exit Function
    number.Low = DecimalSum(DecimalProduct(number.Low, steps), smaller.Value)
    number.High = number.Low
    number.Unit = unit
    AddSmaller = True
End Function

Private Function OneOf(ByVal quantity As PerfQuantity) As String
    OneOf = IIf(Len(quantity.Low) = 0, quantity.High, quantity.Low)
End Function

Private Function NewCandidate(ByVal target As PerfQuantity, ByVal actual As PerfQuantity, _
    ByVal doubt As String) As PerfCandidate
    Dim made As PerfCandidate
    Set made = New PerfCandidate
    made.WantedLow = target.Low
    made.WantedHigh = target.High
    made.GotLow = actual.Low
    made.GotHigh = actual.High
    made.Doubt = doubt
    Set NewCandidate = made
End Function

Private Sub ShiftWanted(ByVal candidate As PerfCandidate, ByVal places As Long)
    If Len(candidate.WantedLow) > 0 Then candidate.WantedLow = DecimalShift(candidate.WantedLow, places)
    If Len(candidate.WantedHigh) > 0 Then candidate.WantedHigh = DecimalShift(candidate.WantedHigh, places)
End Sub

Private Sub ShiftGot(ByVal candidate As PerfCandidate, ByVal places As Long)
    If Len(candidate.GotLow) > 0 Then candidate.GotLow = DecimalShift(candidate.GotLow, places)
    If Len(candidate.GotHigh) > 0 Then candidate.GotHigh = DecimalShift(candidate.GotHigh, places)
End Sub

Private Sub AddConverted(ByVal found As Collection, ByVal target As PerfQuantity, ByVal actual As PerfQuantity, _
    ByRef reason As String)
    Dim one As String, other As String, top1 As String, bottom1 As String, top2 As String, bottom2 As String
    Dim made As PerfCandidate
    Set made = NewCandidate(target, actual, "")
    If target.Unit <> actual.Unit Then
        If Not DimensionOf(target.Unit, one, top1, bottom1) Then reason = "unit-unknown"
        If Not DimensionOf(actual.Unit, other, top2, bottom2) Then reason = "unit-unknown"
        If Len(reason) = 0 And Not DimensionsCompare(one, other) Then reason = "unit-mismatch"
        If Len(reason) > 0 Then Exit Sub
        ' a/b against c/d is ad against cb: whole numbers, so nothing is rounded
        made.WantedLow = Times(made.WantedLow, top1, bottom2)
        made.WantedHigh = Times(made.WantedHigh, top1, bottom2)
        made.GotLow = Times(made.GotLow, top2, bottom1)
        made.GotHigh = Times(made.GotHigh, top2, bottom1)
    End If
    found.Add made
End Sub

Private Function Times(ByVal number As String, ByVal one As String, ByVal other As String) As String
    If Len(number) > 0 Then Times = DecimalProduct(DecimalProduct(number, one), other)
End Function

' A percentage against a bare number: 10 is 10%, 0.95 beside 95% is 95%, 1 may be 1% or 100%.
Private Sub AddWithPercent(ByVal found As Collection, ByVal target As PerfQuantity, ByVal actual As PerfQuantity, _
    ByVal targetIsPercent As Boolean, ByRef reason As String)
    Dim percent As PerfQuantity, bare As PerfQuantity, number As String, made As PerfCandidate
    If targetIsPercent Then
        Set percent = target
        Set bare = actual
    Else
        Set percent = actual
        Set bare = target
    End If
    number = IIf(Len(bare.High) = 0, OneOf(bare), bare.High)
    reason = "percent-or-number"
    If Len(number) = 0 Then Exit Sub
    If DecimalOrder(number, "0") < 0 Or DecimalOrder(number, "100") > 0 Then Exit Sub
    reason = ""
    If DecimalOrder(number, "2") < 0 Then found.Add NewCandidate(target, actual, "percent-or-number")
    If DecimalOrder(number, "0") = 0 Or IsShareForSure(number, OneOf(percent)) Then Exit Sub
    Set made = NewCandidate(target, actual, "percent-or-number")
    If targetIsPercent Then
        ShiftGot made, -2
    Else
        ShiftWanted made, -2
    End If
    found.Add made
End Sub

Private Function IsShareForSure(ByVal number As String, ByVal percent As String) As Boolean
    If Len(percent) = 0 Then percent = "0"
    IsShareForSure = DecimalOrder(number, "0.5") >= 0 And DecimalOrder(number, "1") < 0 _
        And DecimalOrder(percent, "0.5") >= 0
End Function

' 95 against 0.95: one of the cells may hold a percentage.
Private Function MayBePercent(ByVal one As String, ByVal other As String) As Boolean
    Dim small As String, large As String
    If Len(one) = 0 Or Len(other) = 0 Then Exit Function
    small = DecimalLess(one, other)
    large = DecimalMore(one, other)
    MayBePercent = DecimalOrder(small, "0") > 0 And DecimalOrder(small, "1") < 0 _
        And DecimalOrder(large, "50") >= 0 And DecimalOrder(large, "100") <= 0
End Function

' Neither side has another unit; but 29.92 beside 30.5 with a magnitude may leave the magnitude out as well. Of two
' readings the one within a factor of ten of the target is believed, as the other is then far off.
Private Sub AddWithScale(ByVal found As Collection, ByVal target As PerfQuantity, ByVal actual As PerfQuantity)
    Dim written As PerfCandidate, other As PerfCandidate
    Set written = NewCandidate(target, actual, "scale-unclear")
    Set other = NewCandidate(target, actual, "scale-unclear")
    If actual.Places = 0 And Len(actual.Unit) = 0 And target.Places > 0 Then
        ShiftGot other, target.Places
    ElseIf target.Places = 0 And Len(target.Unit) = 0 And actual.Places > 0 Then
        ShiftWanted other, actual.Places
    Else
        found.Add written
        Exit Sub
    End If
    If IsNear(written) Or Not IsNear(other) Then found.Add written
    If IsNear(other) Or Not IsNear(written) Then found.Add other
End Sub

Private Function IsNear(ByVal candidate As PerfCandidate) As Boolean
    Dim wanted As String, got As String
    wanted = candidate.Wanted()
    got = candidate.Got()
    If Len(wanted) = 0 Or Len(got) = 0 Then Exit Function
    If DecimalOrder(wanted, "0") <= 0 Or DecimalOrder(got, "0") <= 0 Then Exit Function
    IsNear = DecimalOrder(got, DecimalShift(wanted, NEAR_PLACES)) <= 0 _
        And DecimalOrder(wanted, DecimalShift(got, NEAR_PLACES)) <= 0
End Function
