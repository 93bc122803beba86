Option Explicit
Option Compare Binary
Option Private Module
' Whether a range or a sheet holds a form that can be read here: one made from a template, whose cells have names, or an
' office's own whose layout leaves no doubt. Any other form needs Python, and that is told.

' What is too long for a label.
Private Const MOST_IN_LABEL As Long = 80
Private Const MOST_ROWS As Long = 2000
Private Const MOST_COLUMNS As Long = 100

Private mTold As String

' The form of a range; Nothing where none can be read here: NoFormTold says why. Raises for what is no range.
Public Function FormIn(ByVal argument As Variant) As PerfForm
    Dim area As Object
    If Not IsObject(argument) Then Err.Raise WRONG_ARGUMENT
    Set area = argument
    mTold = Say("errors.no-form", "path", "-")
    If Len(TemplateMark(area.Worksheet)) > 0 Then
        Set FormIn = NamedFormIn(area)
    ElseIf LooksLikeForm(area) Then
        Set FormIn = OfficeFormIn(area, area.Cells(1, 1))
    End If
End Function

' The form on a sheet, made from a template or an office's own; Nothing where none can be read here.
Public Function FormOn(ByVal sheet As Object) As PerfForm
    mTold = Sentence("macros.no-form")
    If Len(TemplateMark(sheet)) > 0 Then
        Set FormOn = NamedForm(sheet, Nothing)
    ElseIf LooksLikeForm(WholeOf(sheet)) Then
        Set FormOn = OfficeFormIn(WholeOf(sheet), Nothing)
    End If
End Function

' Why the last range or sheet had no form to read.
Public Function NoFormTold() As String
    NoFormTold = mTold
End Function

' Whether a sheet holds a form, one that can be read here or not.
Public Function HoldsForm(ByVal sheet As Object) As Boolean
    HoldsForm = True
    If Len(TemplateMark(sheet)) = 0 Then HoldsForm = LooksLikeForm(WholeOf(sheet))
End Function

' From A1 to the last cell in use.
Private Function WholeOf(ByVal sheet As Object) As Object
    Dim used As Object
    Set used = sheet.UsedRange
    Set WholeOf = sheet.Range(sheet.Cells(1, 1), _
        sheet.Cells(used.Row + used.Rows.Count - 1, used.Column + used.Columns.Count - 1))
End Function

' ---- forms made from a template -------------------------------------------------------------------------

Private Function NamedForm(ByVal sheet As Object, ByVal corner As Object) As PerfForm
    Dim places As PerfNamedPlaces, found As PerfForm
    Set places = New PerfNamedPlaces
    places.ReadSheet sheet
    Set found = New PerfForm
    found.ReadPlaces places, corner
    Set NamedForm = found
End Function

Private Function NamedFormIn(ByVal area As Object) As PerfForm
    Dim found As PerfForm
    Set found = NamedForm(area.Worksheet, area.Cells(1, 1))
    If IsWhole(found, area) Then
        Set NamedFormIn = found
    ElseIf LooksLikeForm(area) Then
        mTold = Sentence("macros.part-of-form")
    End If
End Function

' From the year on top to the total at the end.
Private Function IsWhole(ByVal found As PerfForm, ByVal area As Object) As Boolean
    IsWhole = Covers(area, found.SingleCell("fiscal_year")) And Covers(area, found.SingleCell("total.score"))
End Function

' A cell whose name was lost says nothing.
Private Function Covers(ByVal area As Object, ByVal cell As Object) As Boolean
    Covers = True
    If cell Is Nothing Then Exit Function
    If cell.Row < area.Row Or cell.Row >= area.Row + area.Rows.Count Then Covers = False
    If cell.Column < area.Column Or cell.Column >= area.Column + area.Columns.Count Then Covers = False
End Function

' ---- an office's own forms ------------------------------------------------------------------------------

' Whatever goes wrong, nothing is read rather than something else than Python reads.
Private Function OfficeFormIn(ByVal area As Object, ByVal corner As Object) As PerfForm
    Dim places As PerfOfficePlaces, found As PerfForm
    ForgetRefusal
    On Error GoTo Refused
    Set places = New PerfOfficePlaces
    places.ReadArea area
    Set found = New PerfForm
    found.ReadPlaces places, corner
    Set OfficeFormIn = found
    Exit Function
Refused:
    mTold = RefusalTold()
End Function

' Whether a range looks like a form, by what the reader in Python asks for at the least: the heading of the table of
' indicators, in one row or two, and a label of the project's name, the heading of the funds, or a level for the rest of a
' form; or a form that lies in a few cells as running text.
Private Function LooksLikeForm(ByVal area As Object) As Boolean
    Dim contents As Variant, row As Long, roles As String, above As String, hasTable As Boolean, hasOther As Boolean
    contents = ContentsOf(UsedPart(area))
    If Not IsArray(contents) Then
        If VarType(contents) = vbString Then LooksLikeForm = IsRunningText(contents & "")
        Exit Function
    End If
    For row = LBound(contents, 1) To UBound(contents, 1)
        roles = RolesIn(contents, row, LooksLikeForm)
        If LooksLikeForm Then Exit Function
        If Holds(roles, " project-name ") Or Holds(roles, " money ") Or Holds(roles, " level ") Then hasOther = True
        If IsTableHeading(roles) Or IsTableHeading(above & roles) Then hasTable = True
        above = roles
    Next row
    LooksLikeForm = hasTable And hasOther
End Function

Private Function UsedPart(ByVal area As Object) As Object
    Dim used As Object, rows As Long, columns As Long
    Set used = area.Worksheet.UsedRange
    rows = Lesser(Lesser(area.Rows.Count, used.Row + used.Rows.Count - area.Row), MOST_ROWS)
    columns = Lesser(Lesser(area.Columns.Count, used.Column + used.Columns.Count - area.Column), MOST_COLUMNS)
    If rows < 1 Then rows = 1
    If columns < 1 Then columns = 1
    Set UsedPart = area.Worksheet.Range(area.Cells(1, 1), area.Cells(rows, columns))
End Function

Private Function IsTableHeading(ByVal roles As String) As Boolean
    If Not (Holds(roles, " name ") Or Holds(roles, " level2 ")) Then Exit Function
    IsTableHeading = CountIn(roles, Array(" target", " actual ", " weight ", " score ")) >= 2
End Function

' What the labels of a row stand over, with a space around each.
Private Function RolesIn(ByVal contents As Variant, ByVal row As Long, ByRef isRunning As Boolean) As String
    Dim column As Long, content As Variant, roles As String
    RolesIn = " "
    For column = LBound(contents, 2) To UBound(contents, 2)
        content = contents(row, column)
        If VarType(content) = vbString Then
            If Len(content) > MOST_IN_LABEL Then
                If IsRunningText(content & "") Then isRunning = True
            ElseIf Len(content) > 1 Then
                roles = RolesOfKey(PrintedKey(content & ""))
                RolesIn = RolesIn & RoleAmong(roles, "indicators") & " "
                If RoleAmong(roles, "project") = "name" Then RolesIn = RolesIn & "project-name "
                If RoleAmong(roles, "funds") = "executed" Then RolesIn = RolesIn & "money "
                If Len(RoleAmong(roles, "levels")) > 0 Then RolesIn = RolesIn & "level "
            End If
        End If
    Next column
End Function

Private Function IsRunningText(ByVal text As String) As Boolean
    IsRunningText = Holds(Without(text, Letters("blanks")), Letters("level3 word"))
End Function

Private Function CountIn(ByVal roles As String, ByVal wanted As Variant) As Long
    Dim index As Long
    For index = LBound(wanted) To UBound(wanted)
        If Holds(roles, wanted(index)) Then CountIn = CountIn + 1
    Next index
End Function
