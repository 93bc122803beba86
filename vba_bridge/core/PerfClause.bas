Option Explicit
Option Compare Binary
Option Private Module
' The clauses of a text with several numbers or dates: which of them is the one achieved.
'
' A piece is a number or date while it is gathered: FirstDate and LastDate are the indexes of its tokens, Text is what
' is written, Beside the words in front of it up to the number before, Words those behind it up to the end of its
' clause. Brackets and a colon do not end a clause here.

' Fills the text and the clause of every piece.
Public Sub PlacePieces(ByVal pieces As Collection, ByVal folded As String, ByVal tokens As Collection)
    Dim piece As PerfQuantity
    For Each piece In pieces
        PlacePiece piece, folded, tokens
    Next piece
End Sub

Private Sub PlacePiece(ByVal piece As PerfQuantity, ByVal folded As String, ByVal tokens As Collection)
    Dim first As PerfToken, last As PerfToken, at As Long, finish As Long, lowest As Long, highest As Long
    Set first = tokens.Item(CLng(piece.FirstDate))
    Set last = tokens.Item(CLng(piece.LastDate))
    lowest = EndBefore(tokens, piece.FirstDate)
    highest = StartBehind(tokens, piece.LastDate, Len(folded) + 1)
    at = first.Start
    Do While at > lowest
        If IsOneOf(CharAt(folded, at - 1), Letters("clause ends")) Then Exit Do
        at = at - 1
    Loop
    finish = last.Finish
    Do While finish < highest
        If IsOneOf(CharAt(folded, finish), Letters("clause ends")) Then Exit Do
        finish = finish + 1
    Loop
    piece.Text = Mid$(folded, first.Start, last.Finish - first.Start)
    piece.Beside = Mid$(folded, at, first.Start - at)
    piece.Words = ""
    If finish < highest Or highest > Len(folded) Then piece.Words = Mid$(folded, last.Finish, finish - last.Finish)
End Sub

Private Function IsFigureToken(ByVal token As PerfToken) As Boolean
    IsFigureToken = token.Kind = "number" Or token.Kind = "date"
End Function

' The place behind the last number or date in front of that token; 1 where there is none.
Private Function EndBefore(ByVal tokens As Collection, ByVal index As Long) As Long
    Dim token As PerfToken
    EndBefore = 1
    For index = index - 1 To 1 Step -1
        Set token = tokens.Item(index)
        If IsFigureToken(token) Then
            EndBefore = token.Finish
            Exit Function
        End If
    Next index
End Function

' The place of the first number or date behind that token.
Private Function StartBehind(ByVal tokens As Collection, ByVal index As Long, ByVal none As Long) As Long
    Dim token As PerfToken
    StartBehind = none
    For index = index + 1 To tokens.Count
        Set token = tokens.Item(index)
        If IsFigureToken(token) Then
            StartBehind = token.Start
            Exit Function
        End If
    Next index
End Function

' Percentages that say how much was done of what another number counts get the stance "rate".
Public Sub MarkRates(ByVal pieces As Collection)
    Dim piece As PerfQuantity, counted As Boolean
    For Each piece In pieces
        If piece.Unit <> "%" Then counted = True
    Next piece
    If Not counted Then Exit Sub
    For Each piece In pieces
        If piece.Unit = "%" Then
            If NamesRate(piece.Beside) Then piece.Stance = "rate"
        End If
    Next piece
End Sub

' Those left when plans and rates of completion are put aside, which get the kind "kept"; all of them when nothing
' tells which was achieved.
Public Function AchievedOf(ByVal pieces As Collection) As Collection
    Dim piece As PerfQuantity, kept As Collection, rest As Long, isSure As Boolean
    Set kept = New Collection
    For Each piece In pieces
        If piece.Stance <> "rate" Then
            rest = rest + 1
            If Not Intends(piece.Beside & FIGURE_MARK) Then
                kept.Add piece
                If SaysDone(piece.Beside) Then isSure = True
            End If
        End If
    Next piece
    If kept.Count = 0 Or Not (isSure Or kept.Count = rest) Then Set kept = pieces
    For Each piece In kept
        piece.Kind = "kept"
    Next piece
    Set AchievedOf = kept
End Function

' The rate of completion that was put aside; "" where there is none. False where there are several.
Public Function TakeRateAside(ByVal pieces As Collection, ByRef rate As String) As Boolean
    Dim piece As PerfQuantity
    rate = ""
    TakeRateAside = True
    For Each piece In pieces
        If piece.Stance = "rate" And piece.Kind <> "kept" Then
            If Len(rate) > 0 Then TakeRateAside = TakeRateAside And DecimalOrder(rate, piece.Low) = 0
            rate = piece.Low
        End If
    Next piece
End Function

' What is not kept, with the words in front of it.
Public Function PutAside(ByVal pieces As Collection) As String
    Dim piece As PerfQuantity
    For Each piece In pieces
        If piece.Kind <> "kept" Then
            If Len(PutAside) > 0 Then PutAside = PutAside & ","
            PutAside = PutAside & piece.Beside & piece.Text
        End If
    Next piece
End Function

' The clauses of what is kept, each once, with FIGURE_MARK where the number was.
Public Function ClausesOf(ByVal kept As Collection) As String
    Dim piece As PerfQuantity, clause As String
    For Each piece In kept
        clause = piece.Beside & FIGURE_MARK & piece.Words
        If Not Holds("|" & ClausesOf & "|", "|" & clause & "|") Then
            If Len(ClausesOf) > 0 Then ClausesOf = ClausesOf & "|"
            ClausesOf = ClausesOf & clause
        End If
    Next piece
End Function
