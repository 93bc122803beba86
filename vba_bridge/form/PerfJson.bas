Option Explicit
Option Compare Binary
Option Private Module
' The canonical JSON of a form, and writing it as UTF-8: the same text as the command to-json gives.

Private mJson As String
Private mIndent As Long

' The document with this one form.
Public Function JsonOf(ByVal form As PerfForm) As String
    mJson = "{" & vbLf & "  ""schema"": ""perfeval/1""," & vbLf & "  ""forms"": [" & vbLf & "    {"
    mIndent = 6
    AddText "profile", form.ProfileName()
    AddTextOrNull "title", form.Title()
    AddRaw "fiscal_year", IIf(form.FiscalYear > 0, CStr(form.FiscalYear), "null")
    AddProject form
    AddFunds form
    OpenObject "goals"
    AddTextOrNull "expected", form.TextAt("goals.expected")
    AddTextOrNull "actual", form.TextAt("goals.actual")
    CloseObject
    AddIndicators form
    AddLevels form
    OpenObject "total"
    AddNumber "weight", form.TotalWeight
    AddNumber "score", form.TotalScore
    CloseObject
    AddTextOrNull "remark", form.TextAt("remark")
    AddExtra form
    JsonOf = mJson & vbLf & "    }" & vbLf & "  ]" & vbLf & "}" & vbLf
End Function

Private Sub AddProject(ByVal form As PerfForm)
    Dim list As Variant, index As Long
    list = Array("code", "name", "department", "implementing_unit", "leader", "phone")
    OpenObject "project"
    For index = LBound(list) To UBound(list)
        AddTextOrNull list(index), form.TextAt("project." & list(index))
    Next index
    CloseObject
End Sub

Private Sub AddFunds(ByVal form As PerfForm)
    Dim fundLine As PerfFundLine
    OpenObject "funds"
    AddText "unit", form.MoneyUnit()
    OpenList "lines"
    For Each fundLine In form.Lines
        OpenItem
        AddText "source", fundLine.Source
        AddTextOrNull "label", fundLine.Label
        AddNumber "initial_budget", fundLine.InitialBudget
        AddNumber "full_year_budget", fundLine.FullYearBudget
        AddNumber "executed", fundLine.Executed
        AddNumber "weight", fundLine.Weight
        AddNumber "execution_rate", fundLine.Rate
        AddNumber "score", fundLine.Score
        CloseObject
    Next fundLine
    CloseList
    CloseObject
End Sub

Private Sub AddIndicators(ByVal form As PerfForm)
    Dim indicator As PerfIndicator
    OpenList "indicators"
    For Each indicator In form.Indicators
        OpenItem
        AddTextOrNull "level1", indicator.Level1
        AddTextOrNull "level2", indicator.Level2
        AddTextOrNull "name", indicator.Title
        AddContent "target", indicator.Target
        AddContent "actual", indicator.Actual
        AddNumber "weight", indicator.Weight
        AddNumber "score", indicator.Score
        AddTextOrNull "deviation", indicator.Deviation
        CloseObject
    Next indicator
    CloseList
End Sub

Private Sub AddLevels(ByVal form As PerfForm)
    Dim index As Long
    OpenObject "level1_weights"
    For index = 1 To form.LevelNames.Count
        AddNumber form.LevelNames.Item(index), form.LevelPoints.Item(index)
    Next index
    CloseObject
End Sub

Private Sub AddExtra(ByVal form As PerfForm)
    Dim labels As Collection, contents As Collection, index As Long
    Set labels = New Collection
    Set contents = New Collection
    form.TakeExtra labels, contents
    OpenObject "extra"
    For index = 1 To labels.Count
        AddTextOrNull labels.Item(index), contents.Item(index)
    Next index
    CloseObject
End Sub

' ---- the text -------------------------------------------------------------------------------------------

Private Sub StartLine()
    If Right$(mJson, 1) <> "{" And Right$(mJson, 1) <> "[" Then mJson = mJson & ","
    mJson = mJson & vbLf & Space$(mIndent)
End Sub

Private Sub OpenObject(ByVal key As String)
    StartLine
    mJson = mJson & Quoted(key) & ": {"
    mIndent = mIndent + 2
End Sub

Private Sub OpenList(ByVal key As String)
    StartLine
    mJson = mJson & Quoted(key) & ": ["
    mIndent = mIndent + 2
End Sub

Private Sub OpenItem()
    StartLine
    mJson = mJson & "{"
    mIndent = mIndent + 2
End Sub

Private Sub CloseObject()
    CloseWith "{", "}"
End Sub

Private Sub CloseList()
    CloseWith "[", "]"
End Sub

Private Sub CloseWith(ByVal opening As String, ByVal closing As String)
    mIndent = mIndent - 2
    If Right$(mJson, 1) <> opening Then mJson = mJson & vbLf & Space$(mIndent)
    mJson = mJson & closing
End Sub

Private Sub AddRaw(ByVal key As String, ByVal content As String)
    StartLine
    mJson = mJson & Quoted(key) & ": " & content
End Sub

Private Sub AddText(ByVal key As String, ByVal content As String)
    AddRaw key, Quoted(content)
End Sub

Private Sub AddTextOrNull(ByVal key As String, ByVal content As String)
    AddRaw key, IIf(Len(content) > 0, Quoted(content), "null")
End Sub

Private Sub AddNumber(ByVal key As String, ByVal number As String)
    AddRaw key, IIf(Len(number) > 0, number, "null")
End Sub

Private Sub AddContent(ByVal key As String, ByVal content As Variant)
    Select Case VarType(content)
    Case vbEmpty: AddRaw key, "null"
    Case vbString: AddText key, content
    Case Else: AddRaw key, DecimalOf(CDbl(content))
    End Select
End Sub

Private Function Quoted(ByVal text As String) As String
    Dim at As Long, character As String, made As String
    For at = 1 To Len(text)
        character = Mid$(text, at, 1)
        Select Case CodeOf(character)
        Case 34: made = made & "\"""
        Case 92: made = made & "\\"
        Case 8: made = made & "\b"
        Case 9: made = made & "\t"
        Case 10: made = made & "\n"
        Case 12: made = made & "\f"
        Case 13: made = made & "\r"
        Case Is < 32: made = made & "\u" & Right$("000" & LCase$(Hex$(CodeOf(character))), 4)
        Case Else: made = made & character
        End Select
    Next at
    Quoted = """" & made & """"
End Function

' ---- the file -------------------------------------------------------------------------------------------

' Writes a text as UTF-8 without a mark at its head; False where it could not be written.
Public Function WriteUtf8(ByVal path As String, ByVal text As String) As Boolean
    WriteUtf8 = WriteByStream(path, text)
    If Not WriteUtf8 Then WriteUtf8 = WriteBytes(path, text)
End Function

' Windows: a stream that knows UTF-8; its first three bytes are the mark.
Private Function WriteByStream(ByVal path As String, ByVal text As String) As Boolean
    Dim stream As Object, copy As Object
    On Error GoTo Failed
    Set stream = CreateObject("ADODB.Stream")
    stream.Type = 2
    stream.Charset = "utf-8"
    stream.Open
    stream.WriteText text
    stream.Position = 0
    stream.Type = 1
    stream.Position = 3
    Set copy = CreateObject("ADODB.Stream")
    copy.Type = 1
    copy.Open
    stream.CopyTo copy
    copy.SaveToFile path, 2
    copy.Close
    stream.Close
    WriteByStream = True
Failed:
End Function

' Elsewhere: byte by byte.
Private Function WriteBytes(ByVal path As String, ByVal text As String) As Boolean
    Dim bytes() As Byte, count As Long, number As Integer
    On Error GoTo Failed
    EncodeUtf8 text, bytes, count
    If Len(Dir$(path)) > 0 Then Kill path
    number = FreeFile
    Open path For Binary Access Write As #number
    Put #number, , bytes
    Close #number
    WriteBytes = True
Failed:
End Function

Private Sub EncodeUtf8(ByVal text As String, ByRef bytes() As Byte, ByRef count As Long)
    Dim at As Long, code As Long
    ReDim bytes(0 To Len(text) * 3)
    at = 1
    Do While at <= Len(text)
        code = CodeOf(Mid$(text, at, 1))
        If code >= 55296 And code <= 56319 And at < Len(text) Then
            at = at + 1
            code = (code - 55296) * 1024 + CodeOf(Mid$(text, at, 1)) - 56320 + 65536
        End If
        AddBytes code, bytes, count
        at = at + 1
    Loop
    ReDim Preserve bytes(0 To count - 1)
End Sub

Private Sub AddBytes(ByVal code As Long, ByRef bytes() As Byte, ByRef count As Long)
    If code < 128 Then
        AddByte code, bytes, count
    ElseIf code < 2048 Then
        AddByte 192 + code \ 64, bytes, count
        AddByte 128 + code Mod 64, bytes, count
    ElseIf code < 65536 Then
        AddByte 224 + code \ 4096, bytes, count
        AddByte 128 + (code \ 64) Mod 64, bytes, count
        AddByte 128 + code Mod 64, bytes, count
    Else
        AddByte 240 + code \ 262144, bytes, count
        AddByte 128 + (code \ 4096) Mod 64, bytes, count
        AddByte 128 + (code \ 64) Mod 64, bytes, count
        AddByte 128 + code Mod 64, bytes, count
    End If
End Sub

Private Sub AddByte(ByVal value As Long, ByRef bytes() As Byte, ByRef count As Long)
    bytes(count) = CByte(value)
    count = count + 1
End Sub
