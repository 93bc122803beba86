Option Explicit
Option Compare Binary
Option Private Module
' Figures as they are typed: 1,234.5, a number wrapped by a narrow column, and Chinese numerals.
' Each reader gives the value (or "") and where the figure ends; without a value, fault says why.

' A spreadsheet cell holds no more; anything longer is an identifier.
Private Const MOST_DIGITS As Long = 15
' A wrapped number is joined only where money is written to the cent: 4385666.5 5 is 4385666.55.
Private Const MOST_WRAPPED_DECIMALS As Long = 2

' The figure that begins with the digit at that place.
Public Sub ReadArabic(ByVal text As String, ByVal at As Long, ByRef value As String, ByRef finish As Long, _
    ByRef fault As String)
    Dim run As String
    value = ""
    fault = ""
    finish = at + 1
    Do While IsOneOf(CharAt(text, finish), "0123456789., ")
        finish = finish + 1
    Loop
    Do While Not IsDigit(CharAt(text, finish - 1))
        finish = finish - 1
    Loop
    run = Mid$(text, at, finish - at)
    If Holds(run, " ") Then
        run = Unwrapped(run)
        If Len(run) = 0 Then fault = "split-number"
    ElseIf Holds(run, ",") Then
        run = Ungrouped(run)
        If Len(run) = 0 Then fault = "bad-grouping"
    ElseIf UBound(Split(run, ".")) > 1 Then
        fault = "number-in-name"
    End If
    If Len(fault) = 0 Then CheckPlain run, value, fault
End Sub

' 4385666.5 5 -> 4385666.55; "" where the space may as well part two numbers.
Private Function Unwrapped(ByVal run As String) As String
    Dim at As Long, head As String, tail As String, parts As Variant
    at = InStr(1, run, " ")
    head = Left$(run, at - 1)
    tail = Mid$(run, at + 1)
    parts = Split(head, ".")
    If UBound(parts) <> 1 Or Not IsAllDigits(tail) Then Exit Function
    If Not (IsAllDigits(parts(0)) And IsAllDigits(parts(1))) Then Exit Function
    If Len(parts(1)) + Len(tail) <= MOST_WRAPPED_DECIMALS Then Unwrapped = head & tail
End Function

' 1,234.5 -> 1234.5; "" where the commas are not those of thousands.
Private Function Ungrouped(ByVal run As String) As String
    Dim at As Long, whole As String, decimals As String, groups As Variant, index As Long
    whole = run
    at = InStr(1, run, ".")
    If at > 0 Then
        whole = Left$(run, at - 1)
        decimals = Mid$(run, at + 1)
        If Not IsAllDigits(decimals) Then Exit Function
    End If
    groups = Split(whole, ",")
    If Len(groups(0)) > 3 Or Left$(groups(0), 1) = "0" Then Exit Function
    For index = 1 To UBound(groups)
        If Len(groups(index)) <> 3 Then Exit Function
    Next index
    Ungrouped = Replace(whole, ",", "") & Mid$(run, Len(whole) + 1)
End Function

Private Sub CheckPlain(ByVal run As String, ByRef value As String, ByRef fault As String)
    If Len(run) > 1 And Left$(run, 1) = "0" And Mid$(run, 2, 1) <> "." Then
        fault = "number-in-name"
    ElseIf Len(Replace(run, ".", "")) > MOST_DIGITS Then
        fault = "too-long"
    Else
        value = run
    End If
End Sub

' Where the run of Chinese numerals that begins at that place ends; the place itself when there is none.
Public Function ChineseEnd(ByVal text As String, ByVal at As Long) As Long
    Dim runLetters As String
    runLetters = Letters("chinese run")
    Do While IsOneOf(CharAt(text, at), runLetters)
        at = at + 1
    Loop
    ChineseEnd = at
End Function

' The value of a run of Chinese numerals. Clipped or vague runs are faults, never guesses: what is said for 102
' or 120, for 35 or "three to five".
Public Sub ReadChinese(ByVal run As String, ByRef value As String, ByRef fault As String)
    Dim at As Long, total As Double
    value = ""
    fault = ""
    For at = 1 To Len(run)
        If IsOneOf(Mid$(run, at, 1), Letters("vague marks")) Then
            fault = "vague"
            Exit Sub
        End If
    Next at
    total = ChineseNumber(run)
    If total < 0 Then
        fault = "bad-numeral"
    Else
        value = DecimalOf(total)
    End If
End Sub

' Sum of the parts in front of the places for ten thousand and a hundred million, and of what follows; else -1.
Private Function ChineseNumber(ByVal run As String) As Double
    Dim at As Long, partFrom As Long, part As Long, place As Double, largest As Double, total As Double, rest As String
    ChineseNumber = -1
    partFrom = 1
    For at = 1 To Len(run)
        place = Val(Words("large places").Meaning(Mid$(run, at, 1)))
        If place > 0 Then
            part = BelowTenThousand(Mid$(run, partFrom, at - partFrom))
            If part <= 0 Or (largest > 0 And place >= largest) Then Exit Function
            total = total + part * place
            largest = place
            partFrom = at + 1
        End If
    Next at
    rest = Mid$(run, partFrom)
    If Len(rest) = 0 Then
        If largest > 0 Then ChineseNumber = total
        Exit Function
    End If
    part = BelowTenThousand(rest)
    ' "three ten-thousands five" is 35000 in speech and 30005 in writing
    If part < 0 Or (largest > 0 And Len(rest) = 1) Then Exit Function
    ChineseNumber = total + part
End Function

' -1 where the run is not well formed.
Private Function BelowTenThousand(ByVal run As String) As Long
    Dim at As Long, place As Long, total As Long, digit As Long, lastPlace As Long, afterZero As Boolean
    BelowTenThousand = -1
    If Len(run) = 0 Then Exit Function
    digit = -1
    lastPlace = 10000
    afterZero = True
    For at = 1 To Len(run)
        place = CLng(Val(Words("small places").Meaning(Mid$(run, at, 1))))
        If place = 0 Then
            If digit > 0 Then Exit Function
            digit = ChineseDigit(Mid$(run, at, 1))
            afterZero = afterZero Or digit = 0
        Else
            If place >= lastPlace Then Exit Function
            If digit <= 0 And Not (place = 10 And total = 0) Then Exit Function
            total = total + IIf(digit > 0, digit, 1) * place
            lastPlace = place
            digit = -1
            afterZero = (place = 10)
        End If
    Next at
    If digit > 0 And lastPlace < 10000 And Not afterZero Then Exit Function
    BelowTenThousand = total + IIf(digit > 0, digit, 0)
End Function

' 0 to 9; -1 for what is no Chinese digit.
Public Function ChineseDigit(ByVal character As String) As Long
    ChineseDigit = -1
    If Words("chinese digits").Has(character) Then ChineseDigit = CLng(Words("chinese digits").Meaning(character))
End Function

' Four digits one after the other, as in a year; -1 for anything else.
Public Function YearInNumerals(ByVal run As String) As Long
    Dim at As Long
    YearInNumerals = -1
    If Len(run) <> 4 Then Exit Function
    For at = 1 To 4
        If ChineseDigit(Mid$(run, at, 1)) < 0 Then Exit Function
    Next at
    YearInNumerals = 0
    For at = 1 To 4
        YearInNumerals = YearInNumerals * 10 + ChineseDigit(Mid$(run, at, 1))
    Next at
End Function
