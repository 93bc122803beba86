Option Explicit
Option Compare Binary
Option Private Module
' Characters of a text, the tables of words, and one spelling for every glyph.
'
' A place in a text counts from 1; the end of a piece is the place behind its last character.

' Filled once. A call of a procedure is dear in LibreOffice, and what is Private there is forgotten after each formula.
Global WordTables As Collection
Global LettersKnown As Collection

' ---- tables ---------------------------------------------------------------------------------------------

' The table of words of that name, from PerfVocabulary.
Public Function Words(ByVal name As String) As PerfWordTable
    Dim table As PerfWordTable
    If WordTables Is Nothing Then Set WordTables = New Collection
    On Error Resume Next
    Set table = WordTables.Item(name)
    On Error GoTo 0
    If table Is Nothing Then
        Set table = New PerfWordTable
        table.Fill VocabularyText(name)
        WordTables.Add table, name
    End If
    Set Words = table
End Function

' The characters of that name, from PerfVocabulary.
Public Function Letters(ByVal name As String) As String
    Dim text As String
    If LettersKnown Is Nothing Then Set LettersKnown = New Collection
    On Error Resume Next
    text = LettersKnown.Item(name)
    On Error GoTo 0
    If Len(text) = 0 Then
        text = VocabularyText(name)
        LettersKnown.Add text, name
    End If
    Letters = text
End Function

' A text written in ASCII: "{5E74} 1" holds the character 5E74 (hexadecimal) in front of " 1".
Public Function Unicode(ByVal text As String) As String
    Dim at As Long, start As Long, made As String
    start = 1
    at = InStr(1, text, "{")
    Do While at > 0
        made = made & Mid$(text, start, at - start)
        at = at + 1
        Do While Mid$(text, at, 1) <> "}"
            made = made & ChrW(CLng("&H0" & Mid$(text, at, 4)) And &HFFFF&)
            at = at + 4
        Loop
        start = at + 1
        at = InStr(start, text, "{")
    Loop
    Unicode = made & Mid$(text, start)
End Function

' ---- characters -----------------------------------------------------------------------------------------

' The character at that place; "" outside the text.
Public Function CharAt(ByVal text As String, ByVal at As Long) As String
    If at >= 1 Then CharAt = Mid$(text, at, 1)
End Function

Public Function IsOneOf(ByVal character As String, ByVal characters As String) As Boolean
    If Len(character) > 0 Then IsOneOf = InStr(1, characters, character) > 0
End Function

Public Function IsDigit(ByVal character As String) As Boolean
    If Len(character) > 0 Then IsDigit = InStr(1, "0123456789", character) > 0
End Function

Public Function IsAllDigits(ByVal text As String) As Boolean
    Dim at As Long
    IsAllDigits = Len(text) > 0
    For at = 1 To Len(text)
        If InStr(1, "0123456789", Mid$(text, at, 1)) = 0 Then IsAllDigits = False
    Next at
End Function

Public Function IsLetter(ByVal character As String) As Boolean
    IsLetter = IsOneOf(character, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
End Function

Public Function IsStop(ByVal character As String) As Boolean
    IsStop = IsOneOf(character, Letters("stops"))
End Function

Public Function IsFigure(ByVal character As String) As Boolean
    If IsDigit(character) Then
        IsFigure = True
    ElseIf Len(character) > 0 Then
        IsFigure = IsOneOf(character, Letters("chinese numerals"))
    End If
End Function

Public Function IsChinese(ByVal character As String) As Boolean
    Dim code As Long
    If Len(character) = 0 Then Exit Function
    code = CodeOf(character)
    IsChinese = code >= 19968 And code <= 40959
End Function

' The code of a character from 0 to 65535; AscW alone is below 0 from 8000 (hexadecimal) on.
Public Function CodeOf(ByVal character As String) As Long
    CodeOf = AscW(character) And &HFFFF&
End Function

Public Function StartsAt(ByVal text As String, ByVal word As String, ByVal at As Long) As Boolean
    If at >= 1 Then StartsAt = (Mid$(text, at, Len(word)) = word)
End Function

Public Function EndsWith(ByVal text As String, ByVal ending As String) As Boolean
    EndsWith = (Right$(text, Len(ending)) = ending)
End Function

Public Function Holds(ByVal text As String, ByVal part As String) As Boolean
    Holds = InStr(1, text, part) > 0
End Function

' The text without any of the characters at either end.
Public Function Stripped(ByVal text As String, ByVal characters As String) As String
    Dim start As Long, finish As Long
    start = 1
    finish = Len(text)
    Do While start <= finish
        If InStr(1, characters, Mid$(text, start, 1)) = 0 Then Exit Do
        start = start + 1
    Loop
    Do While finish >= start
        If InStr(1, characters, Mid$(text, finish, 1)) = 0 Then Exit Do
        finish = finish - 1
    Loop
    Stripped = Mid$(text, start, finish - start + 1)
End Function

' The text without any of the characters anywhere. Whichever is shorter is gone through.
Public Function Without(ByVal text As String, ByVal characters As String) As String
    Dim at As Long, made As String
    If Len(text) > Len(characters) Then
        For at = 1 To Len(characters)
            If InStr(1, text, Mid$(characters, at, 1)) > 0 Then text = WithoutCharacter(text, Mid$(characters, at, 1))
        Next at
        Without = text
        Exit Function
    End If
    For at = 1 To Len(text)
        If InStr(1, characters, Mid$(text, at, 1)) = 0 Then made = made & Mid$(text, at, 1)
    Next at
    Without = made
End Function

Private Function WithoutCharacter(ByVal text As String, ByVal character As String) As String
    Dim at As Long, start As Long
    start = 1
    at = InStr(1, text, character)
    Do While at > 0
        WithoutCharacter = WithoutCharacter & Mid$(text, start, at - start)
        start = at + 1
        at = InStr(start, text, character)
    Loop
    WithoutCharacter = WithoutCharacter & Mid$(text, start)
End Function

Public Function WithoutPrefix(ByVal text As String, ByVal prefix As String) As String
    WithoutPrefix = text
    If Len(prefix) > 0 And Left$(text, Len(prefix)) = prefix Then WithoutPrefix = Mid$(text, Len(prefix) + 1)
End Function

' Without blanks of any width at either end.
Public Function Trimmed(ByVal text As String) As String
    Trimmed = Stripped(text, Letters("blanks"))
End Function

' ---- one spelling for every glyph -----------------------------------------------------------------------

' The text with one glyph for each sign and without spaces, ready for scanning.
'
' A space is kept, as one space, only between two characters of a number, where it may part two numbers or wrap
' one, and behind a leading "-", which is then a list mark as likely as a minus. A full-width comma after a
' half-width digit separates clauses; after a full-width digit it groups thousands.
Public Function Fold(ByVal text As String) As String
    Dim at As Long, found As Long, character As String, made As String, from As String, plain As String
    If Holds(text, Letters("full-width comma")) Then text = WithCommasOfLists(text)
    from = Letters("glyphs")
    plain = Letters("plain glyphs")
    For at = 1 To Len(text)
        character = Mid$(text, at, 1)
        found = InStr(1, from, character)
        If found > 0 Then
            made = made & Mid$(plain, found, 1)
        ElseIf character >= "!" And character <= "~" Then
            made = made & character
        ElseIf IsOneOf(character, Letters("invisible")) Then
            made = made & ""
        ElseIf Words("glyphs of two").Has(character) Then
            made = made & Words("glyphs of two").Meaning(character)
        Else
            made = made & character
        End If
    Next at
    If Holds(made, " ") Then made = WithoutSpaces(made)
    Fold = made
End Function

Private Function WithCommasOfLists(ByVal text As String) As String
    Dim parts As Variant, index As Long, comma As String, before As String, made As String
    comma = Letters("full-width comma")
    parts = Split(text, comma)
    made = parts(0)
    For index = 1 To UBound(parts)
        before = Trimmed(parts(index - 1))
        made = made & IIf(IsDigit(Right$(before, 1)), ";", comma) & parts(index)
    Next index
    WithCommasOfLists = made
End Function

Private Function WithoutSpaces(ByVal folded As String) As String
    Dim pieces As Variant, index As Long, made As String, last As String, behindMinus As Boolean
    pieces = Split(folded, " ")
    For index = LBound(pieces) To UBound(pieces)
        If Len(pieces(index)) > 0 Then
            behindMinus = (made = "-")
            If IsOfNumber(Left$(pieces(index), 1)) And (behindMinus Or IsOfNumber(last)) Then made = made & " "
            made = made & pieces(index)
            last = Right$(pieces(index), 1)
        End If
    Next index
    WithoutSpaces = made
End Function

Private Function IsOfNumber(ByVal character As String) As Boolean
    IsOfNumber = IsOneOf(character, "0123456789.,")
End Function
