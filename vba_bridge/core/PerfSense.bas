Option Explicit
Option Compare Binary
Option Private Module
' What the clause of a number makes of it: a plan, a change, a distance from the target, the opposite measure.
'
' A number is held against a target only where its clause leaves no doubt that it is the achievement, measured the same
' way. FIGURE_MARK stands in the clause where the number was.

Public Const FIGURE_MARK As String = "#"

' Why the number or date of the actual is not the achievement its target asks for; "" where it is.
Public Function ObstacleOf(ByVal target As PerfQuantity, ByVal actual As PerfQuantity, ByVal usual As String) As String
    Dim beside As String, wanted As String, got As String
    beside = actual.Beside
    If actual.Kind = "date" Or target.Kind <> "number" Then
        If Intends(beside) Then ObstacleOf = "not-achieved"
        Exit Function
    End If
    wanted = ChangeIn(target.Beside)
    got = ChangeIn(beside)
    If Len(wanted & got) > 0 Then
        ObstacleOf = UnlikeChange(target, actual, wanted, got, usual)
        If Len(ObstacleOf) > 0 Then Exit Function
        beside = WithoutWords(beside, "bases")
    End If
    If IsRelative(beside, target.Beside) Then
        ObstacleOf = "relative"
    ElseIf Intends(beside) Then
        ObstacleOf = "not-achieved"
    ElseIf IsOpposite(target, beside, usual) Then
        ObstacleOf = "opposite-measure"
    End If
End Function

' Whether the clause speaks of a plan, an expectation or another year.
Public Function Intends(ByVal beside As String) As Boolean
    Dim plain As String, list As Variant, index As Long
    plain = WithoutWords(beside, "as planned")
    If Words("intended").StandsIn(plain) Or StandsAtFigure(plain, "intended at figure") Then
        Intends = True
    ElseIf Holds(plain, FIGURE_MARK & "(") Then
        list = Words("intended at figure").List()
        For index = LBound(list) To UBound(list)
            If Holds(plain, FIGURE_MARK & "(" & list(index) & ")") Then Intends = True
        Next index
    End If
End Function

' Whether the words in front of a number say that it was achieved.
Public Function SaysDone(ByVal lead As String) As Boolean
    SaysDone = Words("done").StandsIn(lead)
End Function

' Whether the percentage behind these words is a rate of completion.
Public Function NamesRate(ByVal lead As String) As Boolean
    NamesRate = Words("rates of completion").Ends(WithoutEnding(lead, Letters("links") & Letters("reached")))
End Function

' Whether the number is an amount of growth ("up") or decline ("down"), or "both"; a level reached is neither.
Private Function ChangeIn(ByVal beside As String) As String
    Dim plain As String, list As Variant, up As Boolean, down As Boolean
    plain = WithoutWords(beside, "no change")
    list = Words("decline").List()
    down = Changes(plain, "decline")
    up = Changes(Replace(plain, list(LBound(list)), ""), "growth")
    If up And down Then
        ChangeIn = "both"
    ElseIf up Then
        ChangeIn = "up"
    ElseIf down Then
        ChangeIn = "down"
    End If
End Function

Private Function Changes(ByVal plain As String, ByVal table As String) As Boolean
    Dim list As Variant, index As Long, at As Long
    list = Words(table).List()
    For index = LBound(list) To UBound(list)
        at = InStr(1, plain, list(index))
        If at > 0 Then
            If Not IsOneOf(CharAt(plain, at + Len(list(index))), Letters("level marks")) Then
                Changes = True
                Exit Function
            End If
        End If
    Next index
End Function

' A change against a level, growth against decline, or a decline whose sign or direction is not clear.
Private Function UnlikeChange(ByVal target As PerfQuantity, ByVal actual As PerfQuantity, ByVal wanted As String, _
    ByVal got As String, ByVal usual As String) As String
    Dim bare As String
    bare = Stripped(actual.Beside, Letters("links"))
    If (wanted = "up" And got = "down") Or (wanted = "down" And got = "up") Then
        UnlikeChange = "contradiction"
    ElseIf wanted <> got And Not (Len(wanted) > 0 And (Len(bare) = 0 Or bare = FIGURE_MARK)) Then
        UnlikeChange = "change-or-level"
    ElseIf wanted = "down" Then
        If IsBelowZero(actual.Number()) Then
            UnlikeChange = "change-or-level"
        ElseIf IsUnsaid(target.Sign) And usual = "at-most" Then
            UnlikeChange = "direction-unclear"
        End If
    End If
End Function

Private Function IsBelowZero(ByVal number As String) As Boolean
    If Len(number) > 0 Then IsBelowZero = DecimalOrder(number, "0") < 0
End Function

Private Function IsUnsaid(ByVal sign As String) As Boolean
    IsUnsaid = sign = "" Or sign = "=" Or sign = "~"
End Function

' Whether the clause measures from something else; not where the target itself does so in the same word.
Private Function IsRelative(ByVal beside As String, ByVal target As String) As Boolean
    Dim plain As String, known As String, list As Variant, index As Long
    plain = WithoutWords(beside, "not relative")
    known = WithoutWords(target, "not relative")
    list = Words("relative").List()
    For index = LBound(list) To UBound(list)
        If InStr(1, plain, list(index)) > 0 And InStr(1, known, list(index)) = 0 Then
            IsRelative = True
            Exit Function
        End If
    Next index
    IsRelative = StandsAtFigure(plain, "relative at figure") And Not StandsAtFigure(known, "relative at figure")
End Function

' Success against failure, failure against success, or two kinds of failure.
Private Function IsOpposite(ByVal target As PerfQuantity, ByVal beside As String, ByVal usual As String) As Boolean
    Dim wanted As String, got As String, keepsLow As Boolean, ceiling As Boolean, succeeds As Boolean
    wanted = FailuresIn(target.Beside)
    got = FailuresIn(beside)
    keepsLow = usual = "at-most" Or target.IsNumber("0")
    ceiling = Left$(target.Sign, 1) = "<" Or (IsUnsaid(target.Sign) And keepsLow)
    succeeds = Words("successes").StandsIn(beside)
    If Len(got) > 0 And Len(wanted) > 0 Then
        IsOpposite = Not SharesWord(wanted, got)
    ElseIf Len(got) > 0 Then
        IsOpposite = Not ceiling
    ElseIf Len(wanted) > 0 Then
        IsOpposite = succeeds
    Else
        IsOpposite = ceiling And target.Unit = "%" And succeeds And Not Words("successes").StandsIn(target.Beside)
    End If
End Function

' The words for failure in the clause, with spaces around; "" where something is done about it.
Private Function FailuresIn(ByVal beside As String) As String
    Dim list As Variant, index As Long
    If Len(beside) <= Len(FIGURE_MARK) Or Words("handled").StandsIn(beside) Then Exit Function
    list = Words("failures").List()
    For index = LBound(list) To UBound(list)
        If InStr(1, beside, list(index)) > 0 Then FailuresIn = FailuresIn & " " & list(index) & " "
    Next index
End Function

Private Function SharesWord(ByVal one As String, ByVal other As String) As Boolean
    Dim list As Variant, index As Long
    list = Split(one, " ")
    For index = LBound(list) To UBound(list)
        If Len(list(index)) > 0 And Holds(other, " " & list(index) & " ") Then SharesWord = True
    Next index
End Function

' Whether one of the words ends right in front of a number, but for a linking word or an operator.
Private Function StandsAtFigure(ByVal beside As String, ByVal table As String) As Boolean
    Dim leads As Variant, index As Long
    leads = Split(beside, FIGURE_MARK)
    For index = LBound(leads) To UBound(leads) - 1
        If Words(table).Ends(WithoutEnding(leads(index), Letters("links"))) Then StandsAtFigure = True
    Next index
End Function

' The text without any of the characters at its end.
Private Function WithoutEnding(ByVal text As String, ByVal characters As String) As String
    Dim length As Long
    length = Len(text)
    Do While length > 0 And IsOneOf(CharAt(text, length), characters)
        length = length - 1
    Loop
    WithoutEnding = Left$(text, length)
End Function

Private Function WithoutWords(ByVal text As String, ByVal table As String) As String
    Dim list As Variant, index As Long
    WithoutWords = text
    If Len(text) <= Len(FIGURE_MARK) Then Exit Function
    list = Words(table).List()
    For index = LBound(list) To UBound(list)
        WithoutWords = Replace(WithoutWords, list(index), "")
    Next index
End Function
