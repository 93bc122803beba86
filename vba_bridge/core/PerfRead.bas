Option Explicit
Option Compare Binary
Option Private Module
' A text becomes a quantity: one number, one range, one date, a scale, an answer, words, or not sure.

' One number or range while it is gathered: the first and last of its tokens, and those that are used up.
Private mNumbers As Collection
Private mUsed() As Boolean
Private mTokens As Collection
Private mFolded As String
Private Const MOST_KEPT As Long = 16
Private mKept(0 To 15) As PerfQuantity
Private mNextKept As Long
Private Const FIRST_DAY As String = "19490101"
Private Const LAST_DAY As String = "20991231"
Private Const CONFLICT As String = "!"

' What a cell says: its text, or the number of a numeric cell. A number is given only when the text says it for sure:
' when two readings are possible the kind is "unclear" and the reason says why.
Public Function ReadQuantity(ByVal cell As Variant) As PerfQuantity
    If IsEmpty(cell) Or IsNull(cell) Then
        Set ReadQuantity = NewQuantity("", "blank", "blank")
    ElseIf VarType(cell) = vbString Then
        Set ReadQuantity = ReadTextQuantity(cell)
    Else
        Set ReadQuantity = OfCell(cell)
    End If
End Function

Private Function NewQuantity(ByVal text As String, ByVal kind As String, ByVal reason As String) As PerfQuantity
    Dim made As PerfQuantity
    Set made = New PerfQuantity
    made.Text = text
    made.Kind = kind
    made.Reason = reason
    Set NewQuantity = made
End Function

Private Function OfCell(ByVal number As Double) As PerfQuantity
    Dim made As PerfQuantity
    Set made = NewQuantity(DecimalOf(number), "number", "")
    made.Low = made.Text
    made.High = made.Text
    Set OfCell = made
End Function

' The last texts read are kept: the cells of one row ask for the same two again and again.
Private Function ReadTextQuantity(ByVal text As String) As PerfQuantity
    Dim index As Long
    For index = 0 To MOST_KEPT - 1
        If Not mKept(index) Is Nothing Then
            If mKept(index).Text = text Then
                Set ReadTextQuantity = mKept(index)
                Exit Function
            End If
        End If
    Next index
    Set ReadTextQuantity = ReadAnew(text)
    Set mKept(mNextKept) = ReadTextQuantity
    mNextKept = (mNextKept + 1) Mod MOST_KEPT
End Function

Private Function ReadAnew(ByVal text As String) As PerfQuantity
    Dim token As PerfToken, made As PerfQuantity
    mFolded = WithoutStops(Fold(text))
    If Len(mFolded) = 0 Then
        Set made = NewQuantity(text, "blank", "blank")
    ElseIf Words("not applicable").Has(mFolded) Then
        Set made = NewQuantity(text, "not-applicable", "not-applicable")
        made.Words = CoreOf(mFolded)
    ElseIf Len(ScaleOf(mFolded)) > 0 Then
        Set made = NewQuantity(text, "scale", "")
        made.Answers = ScaleOf(mFolded)
        made.Words = CoreOf(mFolded)
    Else
        Set mTokens = Scan(mFolded)
        For Each token In mTokens
            If token.Kind = "fault" And made Is Nothing Then Set made = InWords(text, "unclear", token.Reason)
        Next token
        If made Is Nothing Then Set made = FromTokens(text)
    End If
    Set ReadAnew = made
End Function

' Without stops at the ends; but a ? in front of a figure is what is left of an operator.
Private Function WithoutStops(ByVal folded As String) As String
    Dim plain As String, at As Long
    plain = Stripped(folded, Letters("end marks"))
    WithoutStops = plain
    at = InStr(1, folded, plain)
    If at > 1 And IsDigit(Left$(plain, 1)) Then
        If CharAt(folded, at - 1) = "?" Then WithoutStops = "?" & plain
    End If
End Function

Private Function FromTokens(ByVal text As String) As PerfQuantity
    Dim token As PerfToken, hasDate As Boolean, hasMonth As Boolean, hasName As Boolean
    For Each token In mTokens
        If token.Kind = "date" Then hasDate = True
        If token.Kind = "date" Then hasMonth = hasMonth Or MonthOf(token.LastDate) >= 0 Or IsMonthly(token.LastDate)
        If token.Kind = "name" Then hasName = True
    Next token
    If Not GatherNumbers() Then
        Set FromTokens = InWords(text, "unclear", "several-numbers")
    ElseIf mNumbers.Count > 0 And hasMonth Then
        Set FromTokens = InWords(text, "unclear", "number-and-date")
    ElseIf mNumbers.Count > 0 Then
        Set FromTokens = OfNumbers(text)
    ElseIf hasDate Then
        Set FromTokens = OfDates(text)
    ElseIf hasName Then
        Set FromTokens = InWords(text, "unclear", "number-in-name")
    Else
        Set FromTokens = InWords(text, "words", "no-number")
    End If
End Function

Private Function InWords(ByVal text As String, ByVal kind As String, ByVal reason As String) As PerfQuantity
    Dim made As PerfQuantity, stance As String, answer As String
    ReadClaim mFolded, stance, answer
    If Len(answer) > 0 And kind = "words" Then kind = "tier"
    Set made = NewQuantity(text, kind, reason)
    made.Answer = answer
    made.Stance = stance
    ' signs between digits are kept: 1:3 does not say the same as 13
    made.Words = IIf(kind = "unclear", mFolded, CoreOf(mFolded))
    Set InWords = made
End Function

' ---- numbers --------------------------------------------------------------------------------------------

' Gathers the numbers and ranges in order, as quantities whose FirstDate and LastDate are the indexes of their tokens.
' False when a range mark does not join two that belong together.
Private Function GatherNumbers() As Boolean
    Dim at As Long, token As PerfToken, number As PerfQuantity
    Set mNumbers = New Collection
    ReDim mUsed(0 To mTokens.Count)
    at = 1
    Do While at <= mTokens.Count
        Set token = mTokens.Item(at)
        If token.Kind = "number" Then
            Set number = NewQuantity("", "number", "")
            If Not FillNumber(number, at) Then Exit Function
            mNumbers.Add number
            at = number.LastDate
        ElseIf token.Kind = "range" And token.Sign <> "per" Then
            Exit Function
        End If
        at = at + 1
    Loop
    GatherNumbers = True
End Function

Private Function IsJoined(ByVal at As Long) As Boolean
    Dim token As PerfToken
    If at >= mTokens.Count Then Exit Function
    Set token = mTokens.Item(at + 1)
    IsJoined = token.Kind = "range" And token.Sign <> "per"
End Function

Private Function FillNumber(ByVal number As PerfQuantity, ByVal at As Long) As Boolean
    Dim token As PerfToken
    Set token = mTokens.Item(at)
    number.FirstDate = at
    number.LastDate = at
    number.Low = token.Value
    number.High = token.Value
    number.Unit = token.Unit
    number.Places = token.Places
    If IsJoined(at) Then
        FillNumber = FillRange(number, at)
    Else
        Do While ContinuesAt(CLng(number.LastDate))
            If Not AddSmaller(number, mTokens.Item(number.LastDate + 1)) Then Exit Do
            number.LastDate = number.LastDate + 1
        Loop
        FillNumber = True
    End If
End Function

' Whether the next token is a plain number that touches this one: an hour and 30 minutes.
Private Function ContinuesAt(ByVal at As Long) As Boolean
    Dim one As PerfToken, other As PerfToken
    If at >= mTokens.Count Then Exit Function
    Set one = mTokens.Item(at)
    Set other = mTokens.Item(at + 1)
    If other.Kind <> "number" Or other.Start <> one.Finish Or one.More Or other.More Then Exit Function
    ContinuesAt = one.Places = 0 And other.Places = 0 And Not IsJoined(at + 1)
End Function

Private Function FillRange(ByVal number As PerfQuantity, ByVal at As Long) As Boolean
    Dim token As PerfToken, upper As PerfToken, mark As PerfToken
    If at + 2 > mTokens.Count Then Exit Function
    Set token = mTokens.Item(at)
    Set mark = mTokens.Item(at + 1)
    Set upper = mTokens.Item(at + 2)
    If upper.Kind <> "number" Or token.More Or IsJoined(at + 2) Then Exit Function
    If upper.More Then Exit Function
    number.LastDate = at + 2
    ' the first figure takes over the unit and the magnitude it does not have
    If Len(token.Unit) = 0 And token.Places = 0 Then
        If upper.Places <> 0 Then number.Low = DecimalShift(token.Value, upper.Places)
    ElseIf mark.Sign = "" And Len(token.Unit) > 0 And token.Unit <> upper.Unit Then
        Exit Function
    End If
    number.High = upper.Value
    number.Unit = upper.Unit
    number.Places = upper.Places
    FillRange = True
    If mark.Sign = Letters("tolerance") Then FillRange = FillTolerance(number, token, upper)
End Function

' A number and its tolerance; one in another unit or beyond the number itself is not sure.
Private Function FillTolerance(ByVal number As PerfQuantity, ByVal middle As PerfToken, ByVal margin As PerfToken) As Boolean
    Dim reach As String
    reach = margin.Value
    If Len(margin.Unit) = 0 And margin.Places = 0 Then
        number.Unit = middle.Unit
        number.Places = middle.Places
        If middle.Places <> 0 Then reach = DecimalShift(reach, middle.Places)
    ElseIf Len(middle.Unit) > 0 And middle.Unit <> margin.Unit Then
        Exit Function
    End If
    If DecimalOrder(reach, "0") <= 0 Or DecimalOrder(reach, number.Low) > 0 Then Exit Function
    number.High = DecimalSum(number.Low, reach)
    number.Low = DecimalDifference(number.Low, reach)
    number.Sign = Letters("tolerance")
    FillTolerance = True
End Function

Private Function OfNumbers(ByVal text As String) As PerfQuantity
    Dim number As PerfQuantity, first As PerfQuantity, at As Long, sign As String, rest As String
    Dim stance As String, answer As String, doubt As String, made As PerfQuantity, kept As Collection, rate As String
    PlacePieces mNumbers, mFolded, mTokens
    MarkRates mNumbers
    Set kept = AchievedOf(mNumbers)
    If Not TakeRateAside(mNumbers, rate) Then
        Set OfNumbers = InWords(text, "unclear", "several-numbers")
        Exit Function
    End If
    Set first = kept.Item(1)
    For Each number In kept
        If Not SameNumber(first, number) Then
            Set OfNumbers = InWords(text, "unclear", "several-numbers")
            Exit Function
        End If
        For at = number.FirstDate To number.LastDate
            mUsed(at) = True
        Next at
    Next number
    For Each number In kept
        sign = Combined(sign, SignOf(number))
    Next number
    rest = UnusedText()
    ReadClaim rest, stance, answer
    doubt = DoubtOf(first, sign, stance)
    If Len(doubt) > 0 Then
        Set OfNumbers = InWords(text, "unclear", doubt)
        Exit Function
    End If
    Set made = NewQuantity(text, "number", "")
    made.Sign = sign
    If sign <> "<=" And sign <> "<" Then made.Low = first.Low
    If sign <> ">=" And sign <> ">" Then made.High = first.High
    made.Places = first.Places
    made.Unit = first.Unit
    made.Answer = answer
    made.Stance = stance
    made.Words = CoreOf(rest)
    made.Beside = ClausesOf(kept)
    made.Aside = PutAside(mNumbers)
    made.DoneRate = rate
    Set OfNumbers = made
End Function

Private Function SameNumber(ByVal one As PerfQuantity, ByVal other As PerfQuantity) As Boolean
    If one.Unit <> other.Unit Then Exit Function
    SameNumber = DecimalOrder(one.Low, other.Low) = 0 And DecimalOrder(one.High, other.High) = 0
End Function

' Why the one number of the text is still not sure; "" when it is.
Private Function DoubtOf(ByVal number As PerfQuantity, ByVal sign As String, ByVal stance As String) As String
    Dim token As PerfToken
    If Len(number.Unit) = 0 And (sign = "" Or sign = CONFLICT) Then
        For Each token In mTokens
            If token.Kind = "name" Then DoubtOf = "number-in-name"
        Next token
        If Len(DoubtOf) = 0 And MayBeDate(number) Then DoubtOf = "number-and-date"
        If Len(DoubtOf) > 0 Then Exit Function
    End If
    If sign = CONFLICT Or (number.IsRange() And sign <> "" And sign <> "=" And sign <> "~" _
        And sign <> Letters("tolerance")) Then
        DoubtOf = "operators-conflict"
    ElseIf DecimalOrder(number.Low, number.High) > 0 Then
        DoubtOf = "range-order"
    ElseIf IsChange(number) Then
        DoubtOf = "several-numbers"
    ElseIf stance = "not-met" Then
        If ClauseStance(number) = "not-met" Then DoubtOf = "negated"
    End If
End Function

' "from 3 to 5" is no range.
Private Function IsChange(ByVal number As PerfQuantity) As Boolean
    Dim token As PerfToken, before As String
    If number.FirstDate = number.LastDate Then Exit Function
    Set token = mTokens.Item(number.FirstDate + 1)
    If Not IsOneOf(CharAt(mFolded, token.Start), Letters("to")) Then Exit Function
    Set token = mTokens.Item(number.FirstDate)
    before = Left$(mFolded, token.Start - 1)
    IsChange = IsOneOf(Right$(before, 1), Letters("from"))
End Function

' 20240101, 2023-2024, and 2023.12.
Private Function MayBeDate(ByVal number As PerfQuantity) As Boolean
    Dim parts As Variant, day As Long
    If number.FirstDate <> number.LastDate Then
        MayBeDate = IsYear(number.Low) And IsYear(number.High)
        Exit Function
    End If
    parts = Split(number.Low, ".")
    If UBound(parts) = 1 Then
        MayBeDate = IsYear(parts(0)) And Val(parts(1)) >= 1 And Val(parts(1)) <= 12
    ElseIf DecimalOrder(number.Low, FIRST_DAY) >= 0 And DecimalOrder(number.Low, LAST_DAY) <= 0 Then
        day = CLng(Right$(parts(0), 4))
        MayBeDate = day \ 100 >= 1 And day \ 100 <= 12 And day Mod 100 >= 1 And day Mod 100 <= 31
    End If
End Function

Private Function IsYear(ByVal number As String) As Boolean
    If DecimalPlaces(DecimalPlain(number)) > 0 Then Exit Function
    IsYear = DecimalOrder(number, "1949") >= 0 And DecimalOrder(number, "2099") <= 0
End Function

' What the words of the clause around the number claim.
Private Function ClauseStance(ByVal number As PerfQuantity) As String
    Dim first As PerfToken, last As PerfToken, start As Long, finish As Long
    Dim stance As String, answer As String
    Set first = mTokens.Item(number.FirstDate)
    Set last = mTokens.Item(number.LastDate)
    start = first.Start
    finish = last.Finish
    Do While start > 1 And Not IsStop(CharAt(mFolded, start - 1))
        start = start - 1
    Loop
    Do While finish <= Len(mFolded) And Not IsStop(CharAt(mFolded, finish))
        finish = finish + 1
    Loop
    ReadClaim Mid$(mFolded, start, first.Start - start) & Mid$(mFolded, last.Finish, finish - last.Finish), _
        stance, answer
    ClauseStance = stance
End Function

' ---- operators ------------------------------------------------------------------------------------------

' The operator of one number: those before it and behind it in its clause; CONFLICT when they contradict. Marks them
' as used, so that they do not count as words.
Private Function SignOf(ByVal number As PerfQuantity) As String
    Dim token As PerfToken, at As Long, sign As String
    Set token = mTokens.Item(number.FirstDate)
    sign = IIf(token.More, ">", number.Sign)
    at = number.FirstDate - 1
    Do While at >= 1
        Set token = mTokens.Item(at)
        If token.Kind = "stop" Or token.Kind = "number" Or token.Kind = "date" Then Exit Do
        If token.Kind = "before" Then
            sign = Combined(token.Sign, sign)
            mUsed(at) = True
        ElseIf token.Kind = "after" And Not mUsed(at) Then
            SignOf = CONFLICT
            Exit Function
        ElseIf token.Sign = "per" Then
            mUsed(at) = True
        End If
        at = at - 1
    Loop
    at = number.LastDate + 1
    Do While at <= mTokens.Count
        Set token = mTokens.Item(at)
        If token.Kind = "stop" Or token.Kind = "number" Or token.Kind = "date" Then Exit Do
        If token.Kind = "after" Then
            sign = Combined(sign, token.Sign)
            mUsed(at) = True
        End If
        at = at + 1
    Loop
    SignOf = sign
End Function

' One operator for two that say the same; CONFLICT for two that do not.
Private Function Combined(ByVal one As String, ByVal other As String) As String
    If one = CONFLICT Or other = CONFLICT Then
        Combined = CONFLICT
    ElseIf Len(one) = 0 Or Len(other) = 0 Then
        Combined = one & other
    ElseIf Left$(one, 1) = Left$(other, 1) Then
        Combined = one
    ElseIf (one = "=" Or other = "=") And (one = Letters("tolerance") Or other = Letters("tolerance")) Then
        Combined = Letters("tolerance")
    Else
        Combined = CONFLICT
    End If
End Function

' The folded text without the tokens that are used.
Private Function UnusedText() As String
    Dim at As Long, place As Long, token As PerfToken
    place = 1
    For at = 1 To mTokens.Count
        If mUsed(at) Then
            Set token = mTokens.Item(at)
            UnusedText = UnusedText & Mid$(mFolded, place, token.Start - place)
            place = token.Finish
        End If
    Next at
    UnusedText = UnusedText & Mid$(mFolded, place)
End Function

' ---- dates ----------------------------------------------------------------------------------------------

Private Function OfDates(ByVal text As String) As PerfQuantity
    Dim piece As PerfQuantity, token As PerfToken, first As PerfToken, sign As String, rest As String
    Dim stance As String, answer As String, made As PerfQuantity, kept As Collection, pieces As Collection
    Set pieces = DatePieces()
    PlacePieces pieces, mFolded, mTokens
    Set kept = AchievedOf(pieces)
    For Each piece In kept
        Set token = mTokens.Item(CLng(piece.FirstDate))
        If first Is Nothing Then Set first = token
        If token.FirstDate <> first.FirstDate Or token.LastDate <> first.LastDate Then
            Set OfDates = InWords(text, "unclear", "several-numbers")
            Exit Function
        End If
        mUsed(piece.FirstDate) = True
        sign = Combined(sign, Combined(SignBeforeDate(CLng(piece.FirstDate)), token.Sign))
    Next piece
    If sign = CONFLICT Then
        Set OfDates = InWords(text, "unclear", "operators-conflict")
        Exit Function
    End If
    rest = UnusedText()
    ReadClaim rest, stance, answer
    If stance = "not-met" Then
        Set OfDates = InWords(text, "unclear", "negated")
        Exit Function
    End If
    Set made = NewQuantity(text, "date", "")
    made.Sign = sign
    made.FirstDate = first.FirstDate
    made.LastDate = first.LastDate
    made.Answer = answer
    made.Stance = stance
    made.Words = CoreOf(rest)
    made.Beside = ClausesOf(kept)
    made.Aside = PutAside(pieces)
    Set OfDates = made
End Function

Private Function DatePieces() As Collection
    Dim at As Long, token As PerfToken, piece As PerfQuantity, found As Collection
    Set found = New Collection
    For at = 1 To mTokens.Count
        Set token = mTokens.Item(at)
        If token.Kind = "date" Then
            Set piece = NewQuantity("", "date", "")
            piece.FirstDate = at
            piece.LastDate = at
            found.Add piece
        End If
    Next at
    Set DatePieces = found
End Function

Private Function SignBeforeDate(ByVal at As Long) As String
    Dim token As PerfToken, before As PerfToken
    If at = 1 Then Exit Function
    Set token = mTokens.Item(at)
    Set before = mTokens.Item(at - 1)
    If (before.Kind <> "deadline" And before.Kind <> "before") Or before.Finish <> token.Start Then Exit Function
    mUsed(at - 1) = True
    SignBeforeDate = before.Sign
End Function
