Option Explicit
Option Compare Binary
Option Private Module
' What words claim: answers on a scale, met, partly met, not met. Only claims that are sure.

' The answers of a scale to choose from, best first, with spaces between; "" when the text is none.
Public Function ScaleOf(ByVal folded As String) As String
    Dim plain As String, ending As String
    plain = Without(folded, Letters("scale separators"))
    ending = Letters("and so on")
    If Not EndsWith(plain, Letters("middling")) Then
        If EndsWith(plain, ending & Letters("grade")) Then
            plain = Left$(plain, Len(plain) - Len(ending) - 1)
        ElseIf EndsWith(plain, ending) Then
            plain = Left$(plain, Len(plain) - Len(ending))
        End If
    End If
    ScaleOf = Replace(Words("scales").Meaning(plain), "/", " ")
End Function

' The words without punctuation and without a leading "already", for holding two texts against each other.
Public Function CoreOf(ByVal text As String) As String
    Dim list As Variant, index As Long, plain As String
    plain = Without(text, Letters("dropped"))
    list = Words("done already").List()
    For index = LBound(list) To UBound(list)
        plain = WithoutPrefix(plain, list(index))
    Next index
    CoreOf = plain
End Function

' The tier an answer stands for: met, partly, not-met, or "".
Public Function TierOf(ByVal answer As String) As String
    TierOf = Words("tiers").Meaning(answer)
End Function

' What the clauses claim together: stance is met, partly or not-met, "" when nothing sure is claimed or they contradict
' each other; answer is the word from a scale, if one was given.
Public Sub ReadClaim(ByVal text As String, ByRef stance As String, ByRef answer As String)
    Dim clauses As Variant, index As Long, foundStance As String, foundAnswer As String, contradicted As Boolean
    stance = ""
    answer = ""
    ' a heading in front of a colon: what follows is no achievement
    If InStr(1, text, ":") > 1 Then
        If Words("aim headings").Has(Left$(text, InStr(1, text, ":") - 1)) Then Exit Sub
    End If
    clauses = Split(InClauses(text), vbLf)
    For index = LBound(clauses) To UBound(clauses)
        If Len(clauses(index)) > 0 Then
            ReadClause clauses(index), foundStance, foundAnswer
            If Len(foundStance) > 0 Then
                If Len(stance) > 0 And stance <> foundStance Then contradicted = True
                stance = foundStance
                answer = foundAnswer
            End If
        End If
    Next index
    If contradicted Then
        stance = ""
        answer = ""
    End If
End Sub

Private Function InClauses(ByVal text As String) As String
    Dim at As Long
    For at = 1 To Len(text)
        InClauses = InClauses & IIf(IsStop(Mid$(text, at, 1)), vbLf, Mid$(text, at, 1))
    Next at
End Function

Private Sub ReadClause(ByVal clause As String, ByRef stance As String, ByRef answer As String)
    answer = ""
    If Not Words("met alone").Has(clause) Then
        clause = WithoutPrefix(WithoutPrefix(clause, Letters("already")), Left$(Letters("already"), 1))
    End If
    stance = TierOf(clause)
    If Len(stance) > 0 Then
        answer = clause
    ElseIf Words("met alone").Has(clause) Then
        stance = "met"
    ElseIf Words("aims").StandsIn(clause) Then
        stance = ""
    ElseIf Says(clause, "not met") Or Denies(clause) Then
        stance = "not-met"
    ElseIf Says(clause, "partly") Then
        stance = "partly"
    Else
        answer = AnswerAtEnd(clause)
        stance = TierOf(answer)
        If Len(answer) = 0 And Says(clause, "met") Then stance = "met"
    End If
End Sub

' Whether one of the claims stands there without a negator or hedge before it, and is not a measure's name.
Private Function Says(ByVal clause As String, ByVal claims As String) As Boolean
    Dim list As Variant, index As Long, at As Long, before As String
    list = Words(claims).List()
    For index = LBound(list) To UBound(list)
        at = InStr(1, clause, list(index))
        If at > 0 Then
            before = Left$(clause, at - 1)
            If Not (Words("negators").Ends(before) Or Words("hedges").Ends(before)) _
                And Not IsOneOf(CharAt(clause, at + Len(list(index))), Letters("noun endings")) Then
                Says = True
                Exit Function
            End If
        End If
    Next index
End Function

' A claim of success behind a negator.
Private Function Denies(ByVal clause As String) As Boolean
    Dim list As Variant, index As Long, at As Long
    list = Words("met").List()
    For index = LBound(list) To UBound(list)
        at = InStr(1, clause, list(index))
        If at > 1 Then
            If Words("negators").Ends(Left$(clause, at - 1)) _
                And Not IsOneOf(CharAt(clause, at + Len(list(index))), Letters("noun endings")) Then
                Denies = True
                Exit Function
            End If
        End If
    Next index
End Function

Private Function AnswerAtEnd(ByVal clause As String) As String
    Dim length As Long, answer As String, before As String
    For length = Len(clause) To 2 Step -1
        answer = Right$(clause, length)
        If Words("tiers").Has(answer) Then
            before = Left$(clause, Len(clause) - length)
            If Not (Words("negators").Ends(before) Or Words("hedges").Ends(before)) Then AnswerAtEnd = answer
            Exit Function
        End If
    Next length
    answer = Right$(clause, 1)
    ' of a measure of failure a low rate is good and a high one is not: there the word is no answer
    If Words("failures").StandsIn(Left$(clause, Len(clause) - 1)) Then Exit Function
    If Words("tiers").Has(answer) And Words("tier nouns").Ends(Left$(clause, Len(clause) - 1)) Then AnswerAtEnd = answer
End Function
