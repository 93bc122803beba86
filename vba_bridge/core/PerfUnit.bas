Option Explicit
Option Compare Binary
Option Private Module
' What follows a figure: a magnitude, %, a counter, a per-unit. And which units compare.
'
' A magnitude is kept as places: 4 multiplies the figure by ten thousand, -2 (%) by a hundredth.

Private Const MOST_PARTS As Long = 3

' The magnitude and unit that begin at that place, right behind a figure; an empty unit when there is none.
' more: "more than" stands between number and unit.
Public Sub ReadMeasure(ByVal text As String, ByVal at As Long, ByRef unit As String, ByRef places As Long, _
    ByRef finish As Long, ByRef more As Boolean)
    Dim magnitude As String
    places = 0
    more = IsOneOf(CharAt(text, at), Letters("more marks"))
    If more Then at = at + 1
    unit = Words("units").WordAt(text, at)
    If Len(unit) = 0 And CharAt(text, at) = "(" Then
        ReadInBrackets text, at, unit, places, finish
        Exit Sub
    End If
    magnitude = Words("magnitudes").WordAt(text, at)
    If Len(magnitude) > 0 And Len(unit) <= 1 Then
        places = CLng(Words("magnitudes").Meaning(magnitude))
        at = at + Len(magnitude)
        If Not more And IsOneOf(CharAt(text, at), Letters("more marks")) Then
            more = True
            at = at + 1
        End If
        unit = Words("units").WordAt(text, at)
    End If
    FinishMeasure text, at, unit, places, finish
End Sub

Private Sub FinishMeasure(ByVal text As String, ByVal at As Long, ByRef unit As String, ByRef places As Long, _
    ByRef finish As Long)
    finish = at + Len(unit)
    If unit = Letters("tenth") Then
        unit = ""
        finish = at
    ElseIf IsRatioSign(unit) Then
        If places = 0 Then
            places = RatioPlaces(unit)
        Else
            unit = ""
            finish = at
        End If
    ElseIf Len(unit) > 0 Then
        TakeDenominators text, unit, finish
    End If
End Sub

' 80(%): a unit and nothing else between the brackets.
Private Sub ReadInBrackets(ByVal text As String, ByVal at As Long, ByRef unit As String, ByRef places As Long, _
    ByRef finish As Long)
    Dim inside As Long, moreInside As Boolean
    ReadMeasure text, at + 1, unit, places, inside, moreInside
    If Len(unit) > 0 And Not moreInside And CharAt(text, inside) = ")" Then
        finish = inside + 1
    Else
        unit = ""
        places = 0
        finish = at
    End If
End Sub

Public Function IsRatioSign(ByVal unit As String) As Boolean
    IsRatioSign = Words("ratio signs").Has(unit)
End Function

Public Function RatioPlaces(ByVal sign As String) As Long
    RatioPlaces = CLng(Words("ratio signs").Meaning(sign))
End Function

' Money followed by "/person.year" and the like: all of it is the unit.
Private Sub TakeDenominators(ByVal text As String, ByRef unit As String, ByRef finish As Long)
    Dim start As Long, at As Long, below As String
    If Not IsOneOf(CharAt(text, finish), "/" & Letters("each")) Then Exit Sub
    start = finish - Len(unit)
    at = finish + 1
    Do
        below = Words("per units").WordAt(text, at)
        If Len(below) = 0 Then Exit Do
        at = at + Len(below)
        finish = at
        If IsOneOf(CharAt(text, at), Letters("per marks")) Then at = at + 1
    Loop
    unit = Mid$(text, start, finish - start)
End Sub

' "each person each year" in front of a figure -> "/person.year"; "" when nothing of the kind is there.
Public Function PerBefore(ByVal text As String, ByRef at As Long) As String
    Dim count As Long, word As String
    Do While count < MOST_PARTS
        word = Words("per before").WordAt(text, at)
        If Len(word) = 0 Then Exit Do
        PerBefore = PerBefore & IIf(count = 0, "/", Letters("middle dot")) & Words("per before").Meaning(word)
        at = at + Len(word)
        count = count + 1
    Loop
End Function

' ---- dimensions -----------------------------------------------------------------------------------------

' What a unit measures and how many base units it is, numerator/denominator. False for a counter that the tables do
' not know. What stands below the stroke is part of the dimension, in any order.
Public Function DimensionOf(ByVal unit As String, ByRef dimension As String, ByRef numerator As String, _
    ByRef denominator As String) As Boolean
    Dim at As Long, written As String
    written = unit
    If Not Words("units").Has(unit) Then
        written = Replace(unit, Letters("each"), "/", 1, 1)
        at = InStr(1, written, "/")
        If at = 0 Then Exit Function
        unit = Left$(written, at - 1)
        If Not Words("units").Has(unit) Then Exit Function
        written = Mid$(written, at + 1)
    Else
        written = ""
    End If
    TakeDimension Words("units").Meaning(unit), dimension, numerator, denominator
    If at > 0 Then dimension = dimension & " per " & SortedBelow(written)
    DimensionOf = True
End Function

' The dimension without what stands below the stroke; "" for a unit that is not known.
Public Function PlainDimensionOf(ByVal unit As String) As String
    Dim dimension As String, numerator As String, denominator As String
    If Not DimensionOf(unit, dimension, numerator, denominator) Then Exit Function
    PlainDimensionOf = Split(dimension, " ")(0)
End Function

Private Sub TakeDimension(ByVal text As String, ByRef dimension As String, ByRef numerator As String, _
    ByRef denominator As String)
    Dim parts As Variant
    parts = Split(text, ",")
    dimension = parts(0)
    numerator = parts(1)
    denominator = parts(2)
End Sub

Private Function SortedBelow(ByVal written As String) As String
    Dim parts() As String, count As Long, at As Long, part As String
    ReDim parts(0 To Len(written))
    at = 1
    Do While at <= Len(written)
        part = Words("per units").WordAt(written, at)
        If Len(part) = 0 Then part = Mid$(written, at, 1)
        at = at + Len(part)
        If Not (Len(part) = 1 And IsOneOf(part, Letters("per marks"))) Then
            If Words("per aliases").Has(part) Then part = Words("per aliases").Meaning(part)
            InsertSorted parts, count, part
        End If
    Loop
    For at = 0 To count - 1
        SortedBelow = SortedBelow & parts(at)
    Next at
End Function

Private Sub InsertSorted(ByRef parts() As String, ByRef count As Long, ByVal part As String)
    Dim at As Long
    at = count
    Do While at > 0
        If parts(at - 1) <= part Then Exit Do
        parts(at) = parts(at - 1)
        at = at - 1
    Loop
    parts(at) = part
    count = count + 1
End Sub

' Whether two dimensions compare: the same, or one of them a general counter and both counted by the piece.
Public Function DimensionsCompare(ByVal one As String, ByVal other As String) As Boolean
    If one = other Then
        DimensionsCompare = True
    ElseIf one = "anything" Then
        DimensionsCompare = IsCounted(other)
    ElseIf other = "anything" Then
        DimensionsCompare = IsCounted(one)
    End If
End Function

Private Function IsCounted(ByVal dimension As String) As Boolean
    IsCounted = Words("counted").Has(dimension) Or Left$(dimension, 8) = "counter-"
End Function
