Option Explicit
Option Compare Binary
Option Private Module
' One pass from left to right: figures with their units, dates, operators, clause ends; the rest is words.

Private Const MOST_BETWEEN As Long = 4

Private mText As String
Private mTokens As Collection
' Wait for the figure they belong to.
Private mCurrency As String
Private mPer As String

' The tokens of a folded text, in order.
Public Function Scan(ByVal folded As String) As Collection
    Dim at As Long, token As PerfToken
    mText = folded
    mCurrency = ""
    mPer = ""
    Set mTokens = New Collection
    at = 1
    Do While at <= Len(mText)
        Set token = TokenAt(at)
        If token Is Nothing Then
            at = at + 1
        Else
            If token.Kind <> "words" Then mTokens.Add token
            at = token.Finish
        End If
    Loop
    Set Scan = mTokens
End Function

Private Function TokenAt(ByVal at As Long) As PerfToken
    Dim character As String, token As PerfToken
    character = CharAt(mText, at)
    If IsLostSign(character) And IsDigit(CharAt(mText, at + 1)) Then
        Set token = NewToken("fault", at, at + 1, "operator-lost")
    ElseIf IsStop(character) Then
        mCurrency = ""
        mPer = ""
        Set token = AfterToken(at)
        If token Is Nothing Then Set token = NewToken("stop", at, at + 1, "")
    ElseIf IsDigit(character) Then
        Set token = FromDigit(at)
    ElseIf IsOneOf(character, Letters("token starts")) Then
        Set token = FigureWithPrefix(at)
        If token Is Nothing Then Set token = SignOrRange(at)
        If token Is Nothing Then Set token = OperatorToken(at)
        If token Is Nothing Then Set token = AfterToken(at)
        If token Is Nothing Then Set token = ChineseFigure(at)
    End If
    Set TokenAt = token
End Function

' What a font or a code page leaves of an operator it could not show; private characters too.
Private Function IsLostSign(ByVal character As String) As Boolean
    If Len(character) = 0 Then Exit Function
    IsLostSign = IsOneOf(character, Letters("lost signs")) Or (CodeOf(character) >= 57344 And CodeOf(character) <= 63743)
End Function

Private Function NewToken(ByVal kind As String, ByVal start As Long, ByVal finish As Long, _
    ByVal reason As String) As PerfToken
    Dim token As PerfToken
    Set token = New PerfToken
    token.Kind = kind
    token.Start = start
    token.Finish = finish
    token.Reason = reason
    Set NewToken = token
End Function

Private Function NumberToken(ByVal start As Long, ByVal finish As Long, ByVal figure As String, _
    ByVal places As Long, ByVal unit As String, ByVal more As Boolean) As PerfToken
    Dim token As PerfToken
    Set token = NewToken("number", start, finish, "")
    token.Places = places
    token.Unit = unit
    token.More = more
    token.Value = figure
    If places <> 0 Then token.Value = DecimalShift(figure, places)
    Set NumberToken = token
End Function

Private Function SignToken(ByVal kind As String, ByVal start As Long, ByVal finish As Long, _
    ByVal sign As String) As PerfToken
    Dim token As PerfToken
    Set token = NewToken(kind, start, finish, "")
    token.Sign = sign
    Set SignToken = token
End Function

Private Function DateToken(ByVal start As Long, ByVal finish As Long, ByVal first As Double, ByVal last As Double, _
    ByVal sign As String) As PerfToken
    Dim token As PerfToken
    If first = IMPOSSIBLE Then
        Set DateToken = NewToken("fault", start, finish, "bad-date")
        Exit Function
    End If
    Set token = NewToken("date", start, finish, "")
    token.FirstDate = first
    token.LastDate = last
    token.Sign = sign
    Set DateToken = token
End Function

Private Function LastToken() As PerfToken
    If mTokens.Count > 0 Then Set LastToken = mTokens.Item(mTokens.Count)
End Function

' Whether the last token ends right in front of that place and is of one of these kinds ("number date").
Private Function LastTouches(ByVal at As Long, ByVal kinds As String) As Boolean
    Dim token As PerfToken
    Set token = LastToken()
    If token Is Nothing Then Exit Function
    LastTouches = token.Finish = at And Holds(" " & kinds & " ", " " & token.Kind & " ")
End Function

' ---- figures --------------------------------------------------------------------------------------------

Private Function FromDigit(ByVal at As Long) As PerfToken
    Dim finish As Long, first As Double, last As Double, sign As String, value As String, fault As String
    If mPer = Letters("each month") Then
        If ReadDayOfMonth(mText, at, first, last, sign, finish) Then
            mPer = ""
            Set FromDigit = DateToken(at, finish, first, last, sign)
            Exit Function
        End If
    End If
    finish = NameEnd(at)
    If finish > 0 Then
        Set FromDigit = NewToken("name", at, finish, "number-in-name")
    ElseIf ReadPeriod(mText, at, first, last, sign, finish) Then
        Set FromDigit = DateToken(at, finish, first, last, sign)
    Else
        ReadArabic mText, at, value, finish, fault
        Set FromDigit = FigureToken(at, value, finish, fault, False)
    End If
End Function

' The end of a figure that belongs to a name: PM2.5, 12351APP, [2002]38 with the sign of a document's number behind,
' the third of a series, .5; else 0.
Private Function NameEnd(ByVal at As Long) As Long
    Dim before As String, behind As String, finish As Long, listed As Boolean
    before = CharAt(mText, at - 1)
    finish = at + 1
    Do While IsDigit(CharAt(mText, finish)) Or IsLetter(CharAt(mText, finish))
        finish = finish + 1
    Loop
    behind = CharAt(mText, finish)
    If IsLetter(before) Or IsOneOf(before, Letters("in names before")) Or IsOneOf(behind, Letters("in names after")) _
        Or (before = "(" And behind = ")") Then
        NameEnd = finish
        Exit Function
    End If
    listed = finish - at <= 2 And (Len(before) = 0 Or IsStop(before)) And IsOneOf(behind, Letters("list marks"))
    If Not listed Then Exit Function
    behind = CharAt(mText, finish + 1)
    If Len(behind) > 0 And behind <> " " And Not IsDigit(behind) Then NameEnd = finish
End Function

Private Function FigureToken(ByVal at As Long, ByVal value As String, ByVal finish As Long, ByVal fault As String, _
    ByVal knownOnly As Boolean) As PerfToken
    Dim unit As String, places As Long, reach As Long, more As Boolean, token As PerfToken
    If Len(value) = 0 Then
        Set FigureToken = NewToken("fault", at, finish, fault)
        Exit Function
    End If
    ReadMeasure mText, finish, unit, places, reach, more
    Set token = TenthsToken(at, reach, value)
    If token Is Nothing Then
        fault = FaultBehind(finish, reach, unit)
        If Len(fault) > 0 Then
            Set token = NewToken("fault", at, reach + 1, fault)
        Else
            Set token = MeasuredToken(at, value, unit, places, reach, more, knownOnly)
        End If
    End If
    Set FigureToken = token
End Function

Private Function MeasuredToken(ByVal at As Long, ByVal figure As String, ByVal unit As String, ByVal places As Long, _
    ByVal finish As Long, ByVal more As Boolean, ByVal knownOnly As Boolean) As PerfToken
    Dim joined As Boolean, counterEnd As Long
    If IsOneOf(CharAt(mText, finish), Letters("joining")) Then joined = StartsFigure(finish + 1)
    If Len(unit) = 0 And Len(mCurrency) = 0 And Len(mPer) = 0 And Not joined And Not knownOnly Then
        counterEnd = UnknownCounter(finish)
        If counterEnd < finish Then
            Set MeasuredToken = NewToken("fault", at, finish, "number-in-name")
            Exit Function
        End If
        unit = Mid$(mText, finish, counterEnd - finish)
        finish = counterEnd
    End If
    If Len(unit) > 0 Or Not joined Then
        If Len(unit) = 0 Then unit = mCurrency
        unit = unit & mPer
        mCurrency = ""
        mPer = ""
    End If
    If CharAt(mText, finish) = "+" Then
        more = True
        finish = finish + 1
    End If
    Set MeasuredToken = NumberToken(at, finish, figure, places, unit, more)
End Function

' The end of a counter no table knows: one or two characters that close the clause; the place itself when nothing
' like a counter follows; 0 when a longer word follows, so that the figure may be part of a name.
Private Function UnknownCounter(ByVal at As Long) As Long
    Dim finish As Long
    finish = at
    Do While IsChinese(CharAt(mText, finish))
        If Len(Words("operators after").WordAt(mText, finish)) > 0 Then Exit Do
        finish = finish + 1
    Loop
    If finish = at Or Len(Words("after figure").WordAt(mText, at)) > 0 Then
        UnknownCounter = at
    ElseIf ClosesClause(finish) And finish - at <= 2 Then
        UnknownCounter = finish
    End If
End Function

' What makes the figure part of something longer: 1/2, 3:1, two thirds in words, 2(10000)5, 12351APP.
' behindFigure is the place behind the figure, finish the one behind its unit.
Private Function FaultBehind(ByVal behindFigure As Long, ByVal finish As Long, ByVal unit As String) As String
    Dim behind As String
    behind = CharAt(mText, finish)
    If unit = Letters("day") And Len(Words("within").WordAt(mText, finish)) = 0 Then
        FaultBehind = "day-without-month"
    ElseIf Len(behind) = 0 Then
        FaultBehind = ""
    ElseIf AddsAt(finish - 1) Or AddsAt(finish) Then
        FaultBehind = "sum"
    ElseIf StartsAt(mText, Letters("part of"), behindFigure) Then
        FaultBehind = "fraction"
    ElseIf IsOneOf(behind, Letters("division marks")) And IsFigure(CharAt(mText, finish + 1)) Then
        FaultBehind = "fraction"
    ElseIf IsOneOf(behind, Letters("vague marks")) Then
        FaultBehind = "vague"
    ElseIf IsLetter(behind) Or IsOneOf(behind, Letters("note marks")) Then
        FaultBehind = "number-in-name"
    ElseIf Len(unit) = 0 And IsFigure(behind) Then
        FaultBehind = "bad-numeral"
    End If
End Function

' Whether the form leaves a sum to its reader there.
Private Function AddsAt(ByVal at As Long) As Boolean
    If CharAt(mText, at) = "+" Then AddsAt = IsFigure(CharAt(mText, at + 1))
End Function

' Tenths: at most ten, and the character for tenth must not begin another word (success).
Private Function TenthsToken(ByVal at As Long, ByVal finish As Long, ByVal figure As String) As PerfToken
    Dim hundredths As Long, token As PerfToken
    If CharAt(mText, finish) <> Letters("tenth") Then Exit Function
    If DecimalOrder(figure, "0") <= 0 Or DecimalOrder(figure, "10") > 0 Then Exit Function
    If IsOneOf(CharAt(mText, finish + 1), Letters("not tenths")) Then Exit Function
    finish = finish + 1
    hundredths = ChineseDigit(CharAt(mText, finish))
    If hundredths >= 0 Then
        If IsFigure(CharAt(mText, finish + 1)) Then Exit Function
        finish = finish + 1
    End If
    Set token = NumberToken(at, finish, figure, -1, Letters("tenth"), False)
    If hundredths >= 0 Then token.Value = DecimalSum(token.Value, DecimalShift(CStr(hundredths), -2))
    token.More = IsOneOf(CharAt(mText, finish), Letters("more marks"))
    If token.More Then token.Finish = finish + 1
    Set TenthsToken = token
End Function

' Whether nothing but an operator word stands between that place and the end of the clause.
Private Function ClosesClause(ByVal at As Long) As Boolean
    If at > Len(mText) Then
        ClosesClause = True
    ElseIf IsStop(CharAt(mText, at)) Then
        ClosesClause = True
    Else
        ClosesClause = Len(Words("operators after").WordAt(mText, at)) > 0 Or Len(Words("within").WordAt(mText, at)) > 0
    End If
End Function

' Ratios in words, currency, "each person", "third quarter", "end of the year".
Private Function FigureWithPrefix(ByVal at As Long) As PerfToken
    Dim word As String, finish As Long, per As String, first As Double, last As Double, sign As String
    word = Words("ratios in words").WordAt(mText, at)
    If Len(word) > 0 Then
        Set FigureWithPrefix = RatioInWords(at, word)
        Exit Function
    End If
    finish = at
    per = PerBefore(mText, finish)
    If Len(per) > 0 And StartsFigure(finish) Then
        mPer = per
        Set FigureWithPrefix = SignToken("range", at, finish, "per")
        Exit Function
    End If
    word = Words("currency before").WordAt(mText, at)
    If Len(word) > 0 And StartsFigure(at + Len(word)) Then
        mCurrency = Words("currency before").Meaning(word)
        Set FigureWithPrefix = SignToken("range", at, at + Len(word), "per")
        Exit Function
    End If
    If ReadNextYear(mText, at, first, last, sign, finish) Then
        Set FigureWithPrefix = DateToken(at, finish, first, last, sign)
        Exit Function
    End If
    If CharAt(mText, at) = Letters("ordinal") Then
        If ReadPeriod(mText, at, first, last, sign, finish) Then
            Set FigureWithPrefix = DateToken(at, finish, first, last, sign)
            Exit Function
        End If
    End If
    If ReadPeriodInWords(mText, at, BehindDeadline(), first, last, sign, finish) Then
        Set FigureWithPrefix = DateToken(at, finish, first, last, sign)
    End If
End Function

Private Function BehindDeadline() As Boolean
    If mTokens.Count > 0 Then BehindDeadline = (LastToken().Kind = "deadline")
End Function

Private Function RatioInWords(ByVal at As Long, ByVal word As String) As PerfToken
    Dim finish As Long, sign As String, value As String, fault As String, token As PerfToken
    finish = at + Len(word)
    sign = Words("ratios in words").Meaning(word)
    If sign = "all" Then
        Set token = NumberToken(at, finish, "1", 0, "%", False)
        token.Places = -2
        Set RatioInWords = token
        Exit Function
    End If
    If Not ReadPlainFigure(finish, value, fault) Then Exit Function
    If Len(value) = 0 Or IsFigure(CharAt(mText, finish)) Then
        Set RatioInWords = NewToken("fault", at, finish, IIf(Len(fault) > 0, fault, "bad-numeral"))
    Else
        Set RatioInWords = NumberToken(at, finish, value, RatioPlaces(sign), sign, False)
    End If
End Function

' The figure at that place, which moves behind it; False where there is none.
Private Function ReadPlainFigure(ByRef at As Long, ByRef value As String, ByRef fault As String) As Boolean
    Dim finish As Long
    If IsDigit(CharAt(mText, at)) Then
        ReadArabic mText, at, value, finish, fault
    Else
        finish = ChineseEnd(mText, at)
        If finish = at Then Exit Function
        ReadChinese Mid$(mText, at, finish - at), value, fault
    End If
    at = finish
    ReadPlainFigure = True
End Function

' Whether a figure stands at that place, perhaps behind an operator sign, a filler or a currency.
Private Function StartsFigure(ByVal at As Long) As Boolean
    Dim last As Long
    last = at + MOST_BETWEEN
    If last > Len(mText) + 1 Then last = Len(mText) + 1
    Do While at < last
        If Not IsOneOf(CharAt(mText, at), Letters("between")) Then Exit Do
        at = at + 1
    Loop
    StartsFigure = IsFigure(CharAt(mText, at)) Or StartsAt(mText, Letters("renminbi"), at)
End Function

' ---- numerals in words ----------------------------------------------------------------------------------

' A run of Chinese numerals, when it clearly is a figure: when it is the whole text, touches an operator, or closes a
' clause together with its unit. In the middle of a text it may be part of a name: then it is reported, not read.
Private Function ChineseFigure(ByVal at As Long) As PerfToken
    Dim finish As Long, first As Double, last As Double, sign As String, run As String, reach As Long
    Dim value As String, fault As String
    finish = ChineseEnd(mText, at)
    If finish = at Then Exit Function
    If ReadPeriod(mText, at, first, last, sign, reach) Then
        Set ChineseFigure = DateToken(at, reach, first, last, sign)
        Exit Function
    End If
    run = Mid$(mText, at, finish - at)
    If CharAt(mText, at - 1) = Letters("ordinal") Then
        Set ChineseFigure = NewToken("name", at, finish, "number-in-name")
    ElseIf IsOneOf(CharAt(mText, at - 1), Letters("words before numeral")) Then
        Set ChineseFigure = NewToken("words", at, finish, "")
    Else
        ReadChinese run, value, fault
        Set ChineseFigure = ChineseToken(at, run, FigureToken(at, value, finish, fault, True))
    End If
End Function

Private Function ChineseToken(ByVal at As Long, ByVal run As String, ByVal token As PerfToken) As PerfToken
    Dim finish As Long
    finish = at + Len(run)
    Set ChineseToken = NewToken("words", at, finish, "")
    If token.Kind = "number" Then
        If StandsFree(token) Then
            Set ChineseToken = token
        ElseIf Len(token.Unit) > 0 And Not IsOneOf(CharAt(mText, token.Finish), Letters("not a counter before")) Then
            Set ChineseToken = NewToken("fault", at, token.Finish, "number-in-name")
        End If
    ElseIf token.Kind = "fault" And Len(Without(run, Letters("chinese places"))) > 0 Then
        If finish > Len(mText) Or HasUnitBehind(finish) Then Set ChineseToken = token
    End If
End Function

Private Function HasUnitBehind(ByVal at As Long) As Boolean
    Dim unit As String, places As Long, finish As Long, more As Boolean
    ReadMeasure mText, at, unit, places, finish, more
    HasUnitBehind = Len(unit) > 0
End Function

Private Function StandsFree(ByVal token As PerfToken) As Boolean
    If LastTouches(token.Start, "before range") Then
        StandsFree = True
    ElseIf ClosesClause(token.Finish) Then
        StandsFree = Len(token.Unit) > 0 Or token.Start = 1
    End If
End Function

' ---- operators ------------------------------------------------------------------------------------------

' A mark between two figures joins them to a range; a minus is read only in front of a lone figure.
Private Function SignOrRange(ByVal at As Long) As PerfToken
    Dim mark As String, token As PerfToken
    mark = CharAt(mText, at)
    If Not IsOneOf(mark, Letters("joining")) Then Exit Function
    If at = 1 And StartsAt(mText, "- ", at) Then
        Set SignOrRange = NewToken("fault", at, at + 2, "sign-unclear")
        Exit Function
    End If
    If Not StartsFigure(at + 1) Then Exit Function
    If LastTouches(at, "number date fault") Then
        Set SignOrRange = SignToken("range", at, at + 1, IIf(mark = Letters("tolerance"), mark, ""))
        Exit Function
    End If
    If Not IsOneOf(mark, "-" & Letters("dash") & Letters("tolerance")) Then Exit Function
    If mark = "-" And (at = 1 Or LastTouches(at, "before")) And IsDigit(CharAt(mText, at + 1)) Then
        Set token = FromDigit(at + 1)
        If token.Kind = "number" And Holds("||%|" & Letters("per thousand") & "|", "|" & token.Unit & "|") Then
            token.Start = at
            token.Value = DecimalNegative(token.Value)
            Set SignOrRange = token
            Exit Function
        End If
    End If
    Set SignOrRange = NewToken("fault", at, at + 1, "sign-unclear")
End Function

Private Function OperatorToken(ByVal at As Long) As PerfToken
    Dim word As String, finish As Long, atFigure As Boolean, before As String
    word = Words("operators before").WordAt(mText, at)
    If Len(word) = 0 Then Exit Function
    finish = at + Len(word)
    If Words("date before").Has(word) Then
        Set OperatorToken = SignToken("deadline", at, finish, Words("date before").Meaning(word))
        Exit Function
    End If
    atFigure = StartsFigure(finish)
    before = CharAt(mText, at - 1)
    If Words("operators at figure").Has(word) And Not atFigure Then Exit Function
    If IsOneOf(before, Words("operators not after").Meaning(word)) Then Exit Function
    If IsOneOf(before, Letters("turned")) And Not IsOneOf(Left$(word, 1), Letters("operator signs")) Then
        Set OperatorToken = NewToken("fault", at, finish, "operators-conflict")
        Exit Function
    End If
    Do While atFigure And IsOneOf(CharAt(mText, finish), Letters("fillers"))
        finish = finish + 1
    Loop
    Set OperatorToken = SignToken("before", at, finish, Words("operators before").Meaning(word))
End Function

Private Function AfterToken(ByVal at As Long) As PerfToken
    Dim word As String
    word = Words("operators after").WordAt(mText, at)
    If Len(word) > 0 Then
        Set AfterToken = SignToken("after", at, at + Len(word), Words("operators after").Meaning(word))
        Exit Function
    End If
    word = Words("operators touching").WordAt(mText, at)
    If Len(word) = 0 Or Not LastTouches(at, "number") Then Exit Function
    If IsOneOf(CharAt(mText, at + 1), Letters("not touching before")) Then Exit Function
    Set AfterToken = SignToken("after", at, at + Len(word), Words("operators touching").Meaning(word))
End Function
