Option Explicit
Option Compare Binary
Option Private Module
' What the text of a printed cell is: a label, a number, a title, the year, the unit of money, room for writing.

Private Const LONGEST_LABEL As Long = 80
Private Const LONGEST_TITLE As Long = 50
' A longer text is no number.
Private Const LONGEST_NUMBER As Long = 60

Public Function Lesser(ByVal one As Long, ByVal other As Long) As Long
    Lesser = IIf(one < other, one, other)
End Function

' Without white space, in half width.
Public Function Compact(ByVal text As String) As String
    Compact = Without(HalfWidth(text), Letters("blanks"))
End Function

' ---- glyphs ---------------------------------------------------------------------------------------------

' Whether a text holds signs that Python takes for others: strokes and compatibility forms of characters, vertical
' punctuation, control characters, figures in circles among figures; markup.
Public Function HasStrangeGlyphs(ByVal text As String) As Boolean
    Dim at As Long, code As Long, hasOddFigure As Boolean
    For at = 1 To Len(text)
        code = AscW(Mid$(text, at, 1)) And &HFFFF&
        Select Case code
        Case 19968 To 40959, 32 To 126, 12288 To 12351
        Case Is < 32: If code <> 9 And code <> 10 Then HasStrangeGlyphs = True
        Case 127 To 159, 11904 To 12255, 63744 To 64255, 65040 To 65135: HasStrangeGlyphs = True
        Case 178, 179, 185, 188 To 190, 8304 To 8351, 8528 To 8591, 9312 To 9471, 10102 To 10131, 12800 To 13311
            hasOddFigure = True
        End Select
    Next at
    If hasOddFigure And Len(text) < LONGEST_NUMBER Then HasStrangeGlyphs = HasStrangeGlyphs Or IsOfFigures(text)
    If Len(text) <= LONGEST_LABEL Then HasStrangeGlyphs = HasStrangeGlyphs Or HasMarkup(text)
End Function

Private Function IsOfFigures(ByVal text As String) As Boolean
    Dim at As Long, code As Long
    IsOfFigures = True
    text = Compact(text)
    For at = 1 To Len(text)
        code = CodeOf(Mid$(text, at, 1))
        If code > 12352 And code < 12800 Then IsOfFigures = False
        If code > 13311 And Not IsOneOf(Mid$(text, at, 1), Letters("points") & Letters("ten thousand") & Letters("money unit")) Then
            IsOfFigures = False
        End If
    Next at
End Function

Private Function HasMarkup(ByVal text As String) As Boolean
    HasMarkup = Holds(text, "**") Or Left$(Trimmed(text), 1) = "#" Or (Holds(text, "<") And Holds(text, ">"))
End Function

' ---- labels ---------------------------------------------------------------------------------------------

' What a printed label is compared by: also without numbering and points, in simple characters. "" for a longer text.
Public Function PrintedKey(ByVal text As String) As String
    Dim bare As String
    If Len(text) > LONGEST_LABEL Then Exit Function
    PrintedKey = Simpler(LabelKey(text))
    bare = WithoutNumbering(PrintedKey)
    If Len(bare) > 0 Then PrintedKey = bare
    bare = WithoutPoints(PrintedKey)
    If Len(bare) > 0 Then PrintedKey = bare
End Function

' What a key stands for in every scope, |scope:role|scope:role|; "" for what is no label. Tables of words hold no colons.
Public Function RolesOfKey(ByVal key As String) As String
    If Len(key) > 0 Then RolesOfKey = Words("labels").Meaning(Replace(key, ":", ";"))
End Function

' The role for one scope; "" where there is none.
Public Function RoleAmong(ByVal roles As String, ByVal scope As String) As String
    Dim at As Long
    at = InStr(1, roles, "|" & scope & ":")
    If at = 0 Then Exit Function
    at = at + Len(scope) + 2
    RoleAmong = Mid$(roles, at, InStr(at, roles, "|") - at)
End Function

Public Function RoleOfKey(ByVal scope As String, ByVal key As String) As String
    RoleOfKey = RoleAmong(RolesOfKey(key), scope)
End Function

Private Function Simpler(ByVal text As String) As String
    Dim at As Long, place As Long, from As String
    from = Letters("traditional")
    Simpler = text
    For at = 1 To Len(text)
        place = InStr(1, from, Mid$(text, at, 1))
        If place > 0 Then
            Simpler = Left$(Simpler, at - 1) & Mid$(Letters("simpler"), place, 1) & Mid$(Simpler, at + 1)
        End If
    Next at
End Function

' A number and a stop before a label, also a Chinese one.
Private Function WithoutNumbering(ByVal text As String) As String
    Dim length As Long
    WithoutNumbering = text
    If Not IsOneOf(Left$(text, 1), Letters("ordinals")) Then Exit Function
    Do
        length = RunOf(WithoutNumbering, "0123456789", 1)
        If length > 0 And IsOneOf(CharAt(WithoutNumbering, length + 1), ".)" & Letters("list comma")) Then
            WithoutNumbering = Mid$(WithoutNumbering, length + 2)
        Else
            length = RunOf(WithoutNumbering, Letters("numbering"), 1)
            If length = 0 Or CharAt(WithoutNumbering, length + 1) <> Letters("list comma") Then Exit Function
            WithoutNumbering = Mid$(WithoutNumbering, length + 2)
        End If
    Loop
End Function

' Points behind a label without brackets.
Private Function WithoutPoints(ByVal text As String) As String
    Dim at As Long, digits As Long
    WithoutPoints = text
    If Not EndsWith(text, Letters("points")) Then Exit Function
    at = Len(text) - Len(Letters("points"))
    digits = RunBefore(text, at)
    If digits = 0 Then Exit Function
    at = at - digits
    If CharAt(text, at) = "." Then
        If RunBefore(text, at - 1) > 0 Then at = at - 1 - RunBefore(text, at - 1)
    End If
    WithoutPoints = Left$(text, at)
End Function

' How many characters of a set stand one after the other from that place on.
Public Function RunOf(ByVal text As String, ByVal characters As String, ByVal start As Long) As Long
    Do While IsOneOf(CharAt(text, start + RunOf), characters)
        RunOf = RunOf + 1
    Loop
End Function

Private Function RunBefore(ByVal text As String, ByVal at As Long) As Long
    Do While IsDigit(CharAt(text, at - RunBefore))
        RunBefore = RunBefore + 1
    Loop
End Function

' ---- numbers --------------------------------------------------------------------------------------------

Public Function KindOfText(ByVal text As String, ByVal plain As String) As String
    KindOfText = "text"
    If Len(text) >= LONGEST_NUMBER Then Exit Function
    If Words("blank marks").Has(plain) Then
        KindOfText = "mark"
    ElseIf EndsWith(plain, "%") Then
        If IsAmount(Left$(plain, Len(plain) - 1), False) Then KindOfText = "percent"
    ElseIf IsAmount(WithoutUnit(plain), True) Then
        KindOfText = IIf(EndsWith(plain, Letters("money unit")), "money", "number")
    End If
End Function

' The decimal of a text of that kind.
Public Function NumberOfPlain(ByVal plain As String, ByVal kind As String) As String
    Select Case kind
    Case "number", "money"
        NumberOfPlain = DecimalPlain(WithoutPrefix(Replace(WithoutUnit(plain), ",", ""), "+"))
    Case "percent"
        NumberOfPlain = DecimalShift(DecimalPlain(WithoutPrefix(Left$(plain, Len(plain) - 1), "+")), -2)
    End Select
End Function

Private Function WithoutUnit(ByVal plain As String) As String
    WithoutUnit = plain
    If EndsWith(plain, Letters("points")) Then
        WithoutUnit = Left$(plain, Len(plain) - 1)
    ElseIf EndsWith(plain, Letters("ten thousand") & Letters("money unit")) Then
        WithoutUnit = Left$(plain, Len(plain) - 2)
    ElseIf EndsWith(plain, Letters("money unit")) Then
        WithoutUnit = Left$(plain, Len(plain) - 1)
    End If
End Function

' Digits, in groups of three where there are commas, and decimals.
Private Function IsAmount(ByVal text As String, ByVal mayGroup As Boolean) As Boolean
    Dim whole As String, at As Long
    If IsOneOf(Left$(text, 1), "+-") Then text = Mid$(text, 2)
    at = InStr(1, text, ".")
    whole = text
    If at > 0 Then
        whole = Left$(text, at - 1)
        If at < Len(text) And Not IsAllDigits(Mid$(text, at + 1)) Then Exit Function
    End If
    If mayGroup And Holds(whole, ",") Then
        IsAmount = IsGrouped(whole)
    Else
        IsAmount = IsAllDigits(whole)
    End If
End Function

' ---- lines of print -------------------------------------------------------------------------------------

' The title of a form: a text that ends as one, whatever stands before.
Public Function IsTitle(ByVal item As PerfItem) As Boolean
    Dim key As String
    If Len(item.Key) = 0 Or Len(item.Plain) > LONGEST_TITLE Or IsSentence(item.Plain) Then Exit Function
    key = WithoutYearBehind(item.Key)
    If Len(key) > 0 Then IsTitle = Words("title ends").Ends(key) And Not IsSister(item)
End Function

' The title of another form, which is refused.
Public Function IsSister(ByVal item As PerfItem) As Boolean
    If Len(item.Key) = 0 Or Len(item.Plain) > LONGEST_TITLE Or IsSentence(item.Plain) Then Exit Function
    IsSister = Words("sister titles").StandsIn(item.Key)
End Function

Private Function IsSentence(ByVal plain As String) As Boolean
    Dim at As Long
    For at = 1 To Len(plain)
        If IsOneOf(Mid$(plain, at, 1), ";,!?" & Letters("full stop")) Then IsSentence = True
        If Mid$(plain, at, 1) = ":" And at < Len(plain) Then IsSentence = True
    Next at
End Function

Private Function WithoutYearBehind(ByVal key As String) As String
    Dim text As String
    WithoutYearBehind = key
    text = key
    If EndsWith(text, Mid$(Letters("year of form"), 2)) Then text = Left$(text, Len(text) - 1)
    If EndsWith(text, Left$(Letters("year of form"), 1)) Then text = Left$(text, Len(text) - 1)
    If Len(text) >= 4 And IsCentury(Right$(text, 4)) Then WithoutYearBehind = Left$(text, Len(text) - 4)
End Function

' Four digits that begin with 19 or 20.
Public Function IsCentury(ByVal digits As String) As Boolean
    IsCentury = IsAllDigits(digits) And Len(digits) = 4 And (Left$(digits, 2) = "19" Or Left$(digits, 2) = "20")
End Function

' The year and nothing else, also not yet filled in.
Public Function IsYearCell(ByVal item As PerfItem) As Boolean
    Dim text As String, inside As String, isBracketed As Boolean
    text = item.Plain
    If Not item.IsText() Or Len(item.Key) = 0 Or Len(text) < 3 Then Exit Function
    isBracketed = Left$(text, 1) = "(" And Right$(text, 1) = ")"
    inside = text
    If isBracketed Then inside = Mid$(text, 2, Len(text) - 2)
    inside = Stripped(inside, IIf(isBracketed, "", "_"))
    If RunOf(inside, "0123456789O" & Letters("year digits"), 1) = 4 Then
        inside = Mid$(inside, 5)
        IsYearCell = IsYearWord(inside) Or (isBracketed And Len(inside) = 0)
    Else
        IsYearCell = IsYearWord(inside) And (isBracketed Or inside = Letters("year of form"))
    End If
End Function

Private Function IsYearWord(ByVal text As String) As Boolean
    IsYearWord = (text = Letters("year of form")) Or (text = Left$(Letters("year of form"), 1))
End Function

' The unit of money above a table.
Public Function IsUnitCell(ByVal item As PerfItem) As Boolean
    Dim text As String
    If Len(item.Key) = 0 Then Exit Function
    text = item.Plain
    If Left$(text, 1) = "(" Then text = Mid$(text, 2)
    If Right$(text, 1) = ")" Then text = Left$(text, Len(text) - 1)
    text = WithoutPrefix(text, Letters("amount word"))
    If Left$(text, 2) <> Letters("unit word") Then Exit Function
    text = WithoutPrefix(WithoutPrefix(Mid$(text, 3), ":"), Letters("renminbi"))
    If Not EndsWith(text, Letters("money unit")) Or Len(text) > 3 Then Exit Function
    IsUnitCell = (RunOf(text, Letters("unit marks"), 1) = Len(text) - 1)
End Function

' The number of an annex alone.
Public Function IsAnnex(ByVal item As PerfItem) As Boolean
    Dim text As String, length As Long
    text = item.Plain
    If Len(item.Key) = 0 Or Left$(text, 1) <> Letters("annex") Then Exit Function
    If Not IsOneOf(Mid$(text, 2, 1), Letters("annex kinds")) Then Exit Function
    text = Mid$(text, 3)
    text = Mid$(text, RunOf(text, "0123456789", 1) + 1)
    If IsOneOf(Left$(text, 1), "-" & Letters("dash")) Then
        length = RunOf(text, "0123456789", 2)
        If length = 0 Then Exit Function
        text = Mid$(text, length + 2)
    End If
    IsAnnex = Len(text) = 0 Or text = ":" Or text = "."
End Function

' Room left for writing, such as a date not yet filled in, or for a seal.
Public Function IsRoom(ByVal text As String) As Boolean
    text = Compact(text)
    IsRoom = Len(Without(text, Letters("room"))) = 0
    If Len(text) > 0 And Not IsRoom Then IsRoom = Words("seals").Has(text)
End Function

' No more than dots: room for further rows.
Public Function IsEllipsis(ByVal plain As String) As Boolean
    IsEllipsis = Len(plain) > 0 And Len(Without(plain, "." & ChrW(8230) & Letters("middle dot") & Letters("full stop"))) = 0
End Function

' The unit of money a text names: "" for none, "?" for one that must be converted or is not known, or for two.
Public Function UnitNamedIn(ByVal text As String) As String
    Dim plain As String, at As Long, before As String, found As String
    plain = Replace(Compact(text), Letters("traditional ten thousand"), Letters("ten thousand"))
    at = InStr(1, plain, Letters("money unit"))
    Do While at > 0
        before = CharAt(plain, at - 1)
        found = ""
        If Not IsOneOf(before, Letters("no unit behind")) And Not IsOneOf(CharAt(plain, at + 1), Letters("no unit before")) Then
            found = Letters("money unit")
            If before = Letters("ten thousand") Then
                found = before & found
                before = CharAt(plain, at - 2)
            End If
            If IsOneOf(before, Letters("other units")) Then found = "?"
        End If
        UnitNamedIn = OneUnit(UnitNamedIn, found)
        at = InStr(at + 1, plain, Letters("money unit"))
    Loop
End Function

' Two units that agree, or the one there is; "?" where they differ.
Public Function OneUnit(ByVal one As String, ByVal other As String) As String
    OneUnit = one
    If Len(one) = 0 Then
        OneUnit = other
    ElseIf Len(other) > 0 And one <> other Then
        OneUnit = "?"
    End If
End Function
