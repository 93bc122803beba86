Option Explicit
Option Compare Binary
Option Private Module
' What typesetting adds to the texts of an office's form, taken off again.

' A title without its year, before or behind it, and without white space.
Public Function TitleWithoutYear(ByVal title As String) As String
    TitleWithoutYear = WithoutYearAtEnd(WithoutYearAtStart(Without(title, Letters("blanks"))))
End Function

' 2024 with the word for year, in brackets or not; a bare number in front is no year.
Private Function WithoutYearAtStart(ByVal text As String) As String
    Dim rest As String, length As Long
    WithoutYearAtStart = text
    rest = text
    If IsOneOf(Left$(rest, 1), "(" & ChrW(65288)) Then rest = Mid$(rest, 2)
    If Not IsCentury(Left$(rest, 4)) Then Exit Function
    rest = Mid$(rest, 5)
    If Left$(rest, 1) <> Left$(Letters("year of form"), 1) Then Exit Function
    length = IIf(Left$(rest, 2) = Letters("year of form"), 2, 1)
    rest = Mid$(rest, length + 1)
    If IsOneOf(Left$(rest, 1), ")" & ChrW(65289)) Then rest = Mid$(rest, 2)
    If Len(rest) > 0 Then WithoutYearAtStart = rest
End Function

Private Function WithoutYearAtEnd(ByVal text As String) As String
    Dim rest As String
    WithoutYearAtEnd = text
    rest = text
    If IsOneOf(Right$(rest, 1), ")" & ChrW(65289)) Then rest = Left$(rest, Len(rest) - 1)
    If EndsWith(rest, Letters("year of form")) Then
        rest = Left$(rest, Len(rest) - 2)
    ElseIf EndsWith(rest, Left$(Letters("year of form"), 1)) Then
        rest = Left$(rest, Len(rest) - 1)
    End If
    If Not IsCentury(Right$(rest, 4)) Then Exit Function
    rest = Left$(rest, Len(rest) - 4)
    If IsOneOf(Right$(rest, 1), "(" & ChrW(65288)) Then rest = Left$(rest, Len(rest) - 1)
    WithoutYearAtEnd = rest
End Function

' The label of a row of money without white space; whole, where print cut it off and it can only be one of the region's.
Public Function WholeLabel(ByVal profile As PerfProfile, ByVal label As String) As String
    Dim list As Variant, index As Long, found As String, count As Long
    WholeLabel = Without(label, Letters("blanks"))
    If Len(WholeLabel) < 2 Then Exit Function
    list = profile.Items("fund_labels")
    For index = LBound(list) To UBound(list)
        If Left$(list(index), Len(WholeLabel)) = WholeLabel And list(index) <> found Then
            found = list(index)
            count = count + 1
        End If
    Next index
    If count = 1 Then WholeLabel = found
End Function

' The points in brackets behind a label of level 1; "" where there are none.
Public Function PointsBeside(ByVal label As String) As String
    Dim text As String, at As Long, inside As String
    text = Without(HalfWidth(label), Letters("blanks"))
    If Right$(text, 1) <> ")" Then Exit Function
    at = InStrRev(text, "(")
    If at = 0 Then Exit Function
    inside = Mid$(text, at + 1, Len(text) - at - 1)
    If EndsWith(inside, Letters("points")) Then inside = Left$(inside, Len(inside) - 1)
    If Not IsAllDigits(Replace(inside, ".", "", 1, 1)) Then Exit Function
    If Left$(inside, 1) = "." Or Right$(inside, 1) = "." Then Exit Function
    PointsBeside = DecimalPlain(inside)
End Function

Public Function BeforePoints(ByVal label As String) As String
    Dim at As Long
    at = InStrRev(HalfWidth(label), "(")
    BeforePoints = label
    If at > 0 Then BeforePoints = Trimmed(Left$(label, at - 1))
End Function

' What a blank form prints in the place of the name of an indicator.
Public Function IsPlaceholder(ByVal title As String) As Boolean
    Dim text As String
    text = Compact(title)
    If Left$(text, 4) = Letters("level3 word") Then
        text = Mid$(text, 5)
    ElseIf Left$(text, 2) = Letters("indicator word") Then
        text = Mid$(text, 3)
    Else
        Exit Function
    End If
    If Right$(text, 1) = ":" Then text = Left$(text, Len(text) - 1)
    IsPlaceholder = Len(Without(text, Letters("ordinals"))) = 0
End Function
