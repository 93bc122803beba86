Option Explicit
Option Compare Binary
Option Private Module
' Exact decimals as text: "-12.5", never an exponent; "" is no number.
'
' A Double would show 0.1 + 0.2, CDec is missing in LibreOffice and Currency ends after four places. Digits are
' handled in blocks, so nothing is ever rounded but where a name says so.

Private Const BLOCK As Long = 4
Private Const BLOCK_BASE As Long = 10000
Private Const MOST_EXACT_DIGITS As Long = 14

' The decimal of a number as a cell holds it: 15 digits, as the cell shows them.
Public Function DecimalOf(ByVal number As Double) As String
    Dim text As String, at As Long, mantissa As String, places As Long
    text = Trim$(Str$(number))
    at = InStr(1, text, "E", vbTextCompare)
    If at = 0 Then
        DecimalOf = DecimalPlain(text)
    Else
        mantissa = Left$(text, at - 1)
        places = CLng(Val(Mid$(text, at + 1)))
        DecimalOf = DecimalShift(mantissa, places)
    End If
End Function

' The nearest Double.
Public Function DecimalNumber(ByVal number As String) As Double
    DecimalNumber = Val(number)
End Function

' Without leading zeros, closing zeros behind the point, and the sign of zero.
Public Function DecimalPlain(ByVal number As String) As String
    Dim digits As String, places As Long, negative As Boolean
    SplitDecimal number, digits, places, negative
    DecimalPlain = JoinDecimal(digits, places, negative)
End Function

Public Function DecimalNegative(ByVal number As String) As String
    If Left$(number, 1) = "-" Then
        DecimalNegative = DecimalPlain(Mid$(number, 2))
    Else
        DecimalNegative = DecimalPlain("-" & number)
    End If
End Function

Public Function DecimalSize(ByVal number As String) As String
    DecimalSize = number
    If Left$(number, 1) = "-" Then DecimalSize = Mid$(number, 2)
End Function

' Times ten to the power of places: 2.3, 4 -> 23000.
Public Function DecimalShift(ByVal number As String, ByVal places As Long) As String
    Dim digits As String, decimals As Long, negative As Boolean
    SplitDecimal number, digits, decimals, negative
    decimals = decimals - places
    If decimals < 0 Then
        digits = digits & String$(-decimals, "0")
        decimals = 0
    End If
    DecimalShift = JoinDecimal(digits, decimals, negative)
End Function

' -1, 0 or 1: whether the one number is below, equal to or above the other.
Public Function DecimalOrder(ByVal one As String, ByVal other As String) As Long
    Dim first As String, second As String, places As Long, minus1 As Boolean, minus2 As Boolean
    AlignDecimals one, other, first, second, places, minus1, minus2
    If minus1 <> minus2 Then
        DecimalOrder = IIf(minus1, -1, 1)
    Else
        DecimalOrder = DigitsOrder(first, second)
        If minus1 Then DecimalOrder = -DecimalOrder
    End If
End Function

Public Function DecimalSum(ByVal one As String, ByVal other As String) As String
    Dim first As String, second As String, places As Long, minus1 As Boolean, minus2 As Boolean
    AlignDecimals one, other, first, second, places, minus1, minus2
    If minus1 = minus2 Then
        DecimalSum = JoinDecimal(DigitsSum(first, second), places, minus1)
    ElseIf DigitsOrder(first, second) >= 0 Then
        DecimalSum = JoinDecimal(DigitsDifference(first, second), places, minus1)
    Else
        DecimalSum = JoinDecimal(DigitsDifference(second, first), places, minus2)
    End If
End Function

Public Function DecimalDifference(ByVal one As String, ByVal other As String) As String
    DecimalDifference = DecimalSum(one, DecimalNegative(other))
End Function

Public Function DecimalProduct(ByVal one As String, ByVal other As String) As String
    Dim first As String, second As String, places1 As Long, places2 As Long, minus1 As Boolean, minus2 As Boolean
    SplitDecimal one, first, places1, minus1
    SplitDecimal other, second, places2, minus2
    DecimalProduct = JoinDecimal(DigitsProduct(first, second), places1 + places2, minus1 <> minus2)
End Function

' one / other, rounded half-up (away from zero) to so many places; "" for a division by zero.
Public Function DecimalQuotient(ByVal one As String, ByVal other As String, ByVal places As Long) As String
    Dim first As String, second As String, scales As Long, minus1 As Boolean, minus2 As Boolean, rest As String
    AlignDecimals one, other, first, second, scales, minus1, minus2
    If second = "0" Then Exit Function
    first = DigitsQuotient(first & String$(places, "0"), second, rest)
    If DigitsOrder(DigitsSum(rest, rest), second) >= 0 Then first = DigitsSum(first, "1")
    DecimalQuotient = JoinDecimal(first, places, minus1 <> minus2)
End Function

' Rounded half-up (away from zero) to so many places.
Public Function DecimalRound(ByVal number As String, ByVal places As Long) As String
    DecimalRound = DecimalQuotient(number, "1", places)
End Function

' How many places stand behind the point.
Public Function DecimalPlaces(ByVal number As String) As Long
    Dim at As Long
    at = InStr(1, number, ".")
    If at > 0 Then DecimalPlaces = Len(number) - at
End Function

Public Function DecimalLess(ByVal one As String, ByVal other As String) As String
    DecimalLess = IIf(DecimalOrder(one, other) <= 0, one, other)
End Function

Public Function DecimalMore(ByVal one As String, ByVal other As String) As String
    DecimalMore = IIf(DecimalOrder(one, other) >= 0, one, other)
End Function

' ---- sign, digits and places ----------------------------------------------------------------------------

Private Sub SplitDecimal(ByVal number As String, ByRef digits As String, ByRef places As Long, ByRef negative As Boolean)
    Dim at As Long
    negative = (Left$(number, 1) = "-")
    digits = number
    If negative Then digits = Mid$(number, 2)
    places = 0
    at = InStr(1, digits, ".")
    If at > 0 Then
        places = Len(digits) - at
        digits = Left$(digits, at - 1) & Mid$(digits, at + 1)
    End If
    If Left$(digits, 1) = "0" Or Len(digits) = 0 Then digits = WithoutLeadingZeros(digits)
    If digits = "0" Then negative = False
End Sub

Private Function JoinDecimal(ByVal digits As String, ByVal places As Long, ByVal negative As Boolean) As String
    If Left$(digits, 1) = "0" Or Len(digits) = 0 Then digits = WithoutLeadingZeros(digits)
    If digits = "0" Then
        JoinDecimal = "0"
        Exit Function
    End If
    Do While places > 0 And Right$(digits, 1) = "0"
        digits = Left$(digits, Len(digits) - 1)
        places = places - 1
    Loop
    If places > 0 Then
        If Len(digits) <= places Then digits = String$(places - Len(digits) + 1, "0") & digits
        digits = Left$(digits, Len(digits) - places) & "." & Right$(digits, places)
    End If
    JoinDecimal = IIf(negative, "-", "") & digits
End Function

' Both as whole numbers of the same unit, ten to the power of -places.
Private Sub AlignDecimals(ByVal one As String, ByVal other As String, ByRef first As String, ByRef second As String, _
    ByRef places As Long, ByRef minus1 As Boolean, ByRef minus2 As Boolean)
    Dim places1 As Long, places2 As Long
    SplitDecimal one, first, places1, minus1
    SplitDecimal other, second, places2, minus2
    places = IIf(places1 > places2, places1, places2)
    If first <> "0" Then first = first & String$(places - places1, "0")
    If second <> "0" Then second = second & String$(places - places2, "0")
End Sub

Private Function WithoutLeadingZeros(ByVal digits As String) As String
    Dim at As Long
    at = 1
    Do While at < Len(digits) And Mid$(digits, at, 1) = "0"
        at = at + 1
    Loop
    WithoutLeadingZeros = Mid$(digits, at)
    If Len(WithoutLeadingZeros) = 0 Then WithoutLeadingZeros = "0"
End Function

' ---- whole numbers without sign, as digits --------------------------------------------------------------

Private Function DigitsOrder(ByVal one As String, ByVal other As String) As Long
    If Len(one) <> Len(other) Then
        DigitsOrder = IIf(Len(one) > Len(other), 1, -1)
    ElseIf one <> other Then
        DigitsOrder = IIf(one > other, 1, -1)
    End If
End Function

' The blocks of four digits, the last ones first.
Private Sub SplitBlocks(ByVal digits As String, ByRef blocks() As Long)
    Dim count As Long, index As Long
    count = (Len(digits) + BLOCK - 1) \ BLOCK
    digits = String$(count * BLOCK - Len(digits), "0") & digits
    ReDim blocks(0 To count - 1)
    For index = 0 To count - 1
        blocks(index) = CLng(Mid$(digits, Len(digits) - (index + 1) * BLOCK + 1, BLOCK))
    Next index
End Sub

Private Function JoinBlocks(ByRef blocks() As Long) As String
    Dim index As Long, digits As String
    For index = UBound(blocks) To 0 Step -1
        digits = digits & Right$("000" & CStr(blocks(index)), BLOCK)
    Next index
    JoinBlocks = WithoutLeadingZeros(digits)
End Function

Private Function DigitsSum(ByVal one As String, ByVal other As String) As String
    Dim first() As Long, second() As Long, index As Long, carry As Long, length As Long
    length = IIf(Len(one) > Len(other), Len(one), Len(other)) + 1
    SplitBlocks String$(length - Len(one), "0") & one, first
    SplitBlocks String$(length - Len(other), "0") & other, second
    For index = 0 To UBound(first)
        carry = carry + first(index) + second(index)
        first(index) = carry Mod BLOCK_BASE
        carry = carry \ BLOCK_BASE
    Next index
    DigitsSum = JoinBlocks(first)
End Function

' one - other; one is not below other.
Private Function DigitsDifference(ByVal one As String, ByVal other As String) As String
    Dim first() As Long, second() As Long, index As Long, borrowed As Long
    SplitBlocks one, first
    SplitBlocks String$(Len(one) - Len(other), "0") & other, second
    For index = 0 To UBound(first)
        first(index) = first(index) - second(index) - borrowed
        borrowed = 0
        If first(index) < 0 Then
            first(index) = first(index) + BLOCK_BASE
            borrowed = 1
        End If
    Next index
    DigitsDifference = JoinBlocks(first)
End Function

Private Function DigitsProduct(ByVal one As String, ByVal other As String) As String
    Dim first() As Long, second() As Long, product() As Long, row As Long, column As Long, carry As Long
    SplitBlocks one, first
    SplitBlocks other, second
    ReDim product(0 To UBound(first) + UBound(second) + 1)
    For row = 0 To UBound(first)
        carry = 0
        For column = 0 To UBound(second)
            carry = carry + product(row + column) + first(row) * second(column)
            product(row + column) = carry Mod BLOCK_BASE
            carry = carry \ BLOCK_BASE
        Next column
        product(row + UBound(second) + 1) = carry
    Next row
    DigitsProduct = JoinBlocks(product)
End Function

' The whole part of one / other, and what is left over.
Private Function DigitsQuotient(ByVal one As String, ByVal other As String, ByRef rest As String) As String
    Dim at As Long, digit As Long, quotient As String
    If Len(other) <= MOST_EXACT_DIGITS Then
        DigitsQuotient = ShortQuotient(one, other, rest)
        Exit Function
    End If
    rest = "0"
    For at = 1 To Len(one)
        rest = WithoutLeadingZeros(rest & Mid$(one, at, 1))
        digit = 0
        Do While DigitsOrder(rest, other) >= 0
            rest = DigitsDifference(rest, other)
            digit = digit + 1
        Loop
        quotient = quotient & CStr(digit)
    Next at
    DigitsQuotient = WithoutLeadingZeros(quotient)
End Function

' The same where ten times the divisor is a whole Double, which is exact up to 15 digits.
Private Function ShortQuotient(ByVal one As String, ByVal other As String, ByRef rest As String) As String
    Dim at As Long, digit As Double, leftOver As Double, divisor As Double, quotient As String
    divisor = Val(other)
    For at = 1 To Len(one)
        leftOver = leftOver * 10 + Val(Mid$(one, at, 1))
        digit = Int(leftOver / divisor)
        leftOver = leftOver - digit * divisor
        quotient = quotient & CStr(digit)
    Next at
    rest = DecimalOf(leftOver)
    ShortQuotient = WithoutLeadingZeros(quotient)
End Function
