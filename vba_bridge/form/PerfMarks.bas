Option Explicit
Option Compare Binary
Option Private Module
' Check this form, jump from finding to finding, clear the marks. Each leaves protection, selection and screen as they
' were, also when something goes wrong.

' What a protected sheet allows.
Private mWasProtected As Boolean
Private mDrawings As Boolean
Private mScenarios As Boolean
Private Const MOST_ALLOWED As Long = 10
Private mAllowed(0 To 10) As Boolean
' Where the person was taken last, for a host that does not tell the active cell.
Private mLastVisited As String

' Checks the form on the active sheet: marks its cells, lists the findings. Gives the findings, Nothing where the sheet
' holds no form.
Public Function CheckActiveForm() As Collection
    Dim sheet As Object, form As PerfForm, findings As Collection, review As Object, message As String
    Set form = ActiveForm()
    If form Is Nothing Then Exit Function
    Set sheet = form.Sheet
    On Error GoTo Failed
    Application.ScreenUpdating = False
    ClearMarksOf sheet.Parent
    ' Marks may hide what a cell looked like, and the form is read again without them.
    Set form = FormOn(sheet)
    Set findings = FindingsIn(form)
    If findings.Count > 0 Then
        Set review = NewReviewSheet(sheet.Parent)
        WriteFindings review, form, findings
        LiftProtection sheet
        MarkCells sheet, review, findings
        RestoreProtection sheet
        OfferUndo "PerfUndoMarks"
    End If
    Application.ScreenUpdating = True
    Set CheckActiveForm = findings
    Exit Function
Failed:
    message = Err.Description
    RestoreProtection sheet
    Application.ScreenUpdating = True
    Tell Say("macros.failed", "why", message)
End Function

' The sheet with the form that a person means: the active one, else the first one in the book that holds a form, of which
' those made from a template go first; Nothing without any.
Public Function ActiveFormSheet() As Object
    Dim sheet As Object
    If ActiveWorkbook Is Nothing Then Exit Function
    If ActiveSheet Is Nothing Then Exit Function
    If IsFormSheet(ActiveSheet) Then
        Set ActiveFormSheet = ActiveSheet
        Exit Function
    End If
    For Each sheet In ActiveWorkbook.Worksheets
        If Len(TemplateMark(sheet)) > 0 And ActiveFormSheet Is Nothing Then Set ActiveFormSheet = sheet
    Next sheet
    If Not ActiveFormSheet Is Nothing Then Exit Function
    For Each sheet In ActiveWorkbook.Worksheets
        If ActiveFormSheet Is Nothing Then
            If IsFormSheet(sheet) Then Set ActiveFormSheet = sheet
        End If
    Next sheet
End Function

' A chart sheet has no cells and holds no form; a hidden sheet is not meant.
Private Function IsFormSheet(ByVal sheet As Object) As Boolean
    On Error Resume Next
    If sheet.Visible Then IsFormSheet = HoldsForm(sheet)
End Function

' The form on that sheet; Nothing where there is none, or one that needs Python: NoFormTold says which.
Public Function ActiveForm() As PerfForm
    Dim sheet As Object
    Set sheet = ActiveFormSheet()
    If Not sheet Is Nothing Then Set ActiveForm = FormOn(sheet)
End Function

' ---- marks ----------------------------------------------------------------------------------------------

' Of several findings in one cell the first one colours; the comment tells them all.
Private Sub MarkCells(ByVal sheet As Object, ByVal review As Object, ByVal findings As Collection)
    Dim finding As PerfFinding, last As String, text As String, position As Long, cell As Object
    For Each finding In findings
        position = position + 1
        If Len(finding.Address) > 0 Then
            Set cell = sheet.Range(finding.Address)
            If finding.Address <> last Then
                RecordLook review, position, cell, CommentOf(cell)
                cell.Interior.Color = CLng(Words("mark colours").Meaning(finding.Severity))
                text = CommentText(finding)
            Else
                text = text & vbLf & CommentText(finding)
            End If
            SetComment cell, text
            last = finding.Address
        End If
    Next finding
End Sub

Private Function CommentText(ByVal finding As PerfFinding) As String
    Dim text As String
    text = Say("review.comment", "severity", Sentence("review." & finding.Severity), "code", finding.Code)
    CommentText = Replace(Replace(text, "{message}", finding.Message), "{advice}", finding.Advice)
End Function

Private Function CommentOf(ByVal cell As Object) As String
    On Error Resume Next
    CommentOf = cell.Comment.Text
End Function

' Puts a comment on a cell in place of the one it has; "" takes it away. A cell under discussion (threaded comment) keeps
' that: Excel refuses a comment beside it, and deleting the one it seems to have would delete the discussion.
Private Sub SetComment(ByVal cell As Object, ByVal text As String)
    If IsDiscussed(cell) Then Exit Sub
    If HasComment(cell) Then cell.Comment.Delete
    If Len(text) > 0 Then cell.AddComment text
End Sub

Private Function HasComment(ByVal cell As Object) As Boolean
    On Error Resume Next
    HasComment = Not cell.Comment Is Nothing
End Function

' Older programs know no discussions.
Private Function IsDiscussed(ByVal cell As Object) As Boolean
    On Error Resume Next
    IsDiscussed = Not cell.CommentThreaded Is Nothing
End Function

' ---- clearing -------------------------------------------------------------------------------------------

' Gives every marked cell its fill and comment back and removes the list. Gives how many cells were marked.
Public Function ClearMarks() As Long
    Dim message As String
    On Error GoTo Failed
    Application.ScreenUpdating = False
    ClearMarks = ClearMarksOf(ActiveWorkbook)
    Application.ScreenUpdating = True
    Exit Function
Failed:
    message = Err.Description
    Application.ScreenUpdating = True
    Tell Say("macros.failed", "why", message)
End Function

Private Function ClearMarksOf(ByVal book As Object) As Long
    Dim review As Object, record As Variant, sheet As Object, protectedSheet As Object
    Set review = ReviewSheet(book)
    If review Is Nothing Then Exit Function
    For Each record In RecordedLooks(review)
        Set sheet = SheetNamed(book, record(0))
        If Not sheet Is Nothing Then
            If protectedSheet Is Nothing Then
                LiftProtection sheet
                Set protectedSheet = sheet
            End If
            RestoreLook sheet.Range(record(1)), record(2)
            RestoreComment sheet.Range(record(1)), record(2), record(3)
            ClearMarksOf = ClearMarksOf + 1
        End If
    Next record
    If Not protectedSheet Is Nothing Then RestoreProtection protectedSheet
    DeleteQuietly review
End Function

' The comment before; beside a fill written by the command check none was noted, so only one that begins like ours goes.
Private Sub RestoreComment(ByVal cell As Object, ByVal look As String, ByVal before As String)
    Dim start As String
    start = Split(Sentence("review.comment"), "{")(0)
    If Left$(look, 1) <> "<" Or Left$(CommentOf(cell), Len(start)) = start Then SetComment cell, before
End Sub

Private Function SheetNamed(ByVal book As Object, ByVal wanted As String) As Object
    On Error Resume Next
    Set SheetNamed = book.Worksheets(wanted)
End Function

Private Sub DeleteQuietly(ByVal sheet As Object)
    On Error Resume Next
    Application.DisplayAlerts = False
    sheet.Delete
    Application.DisplayAlerts = True
End Sub

' ---- the next finding -----------------------------------------------------------------------------------

' Selects the next marked cell behind the active one, from the last to the first again; False where none is marked.
Public Function GoToNext() As Boolean
    Dim review As Object, record As Variant, cell As Object, first As Object, here As Object, behind As Object
    Set review = ReviewSheet(ActiveWorkbook)
    If review Is Nothing Then Exit Function
    Set here = CurrentCell()
    For Each record In RecordedLooks(review)
        Set cell = CellAt(ActiveWorkbook, record(0), record(1))
        If Not cell Is Nothing Then
            If first Is Nothing Then Set first = cell
            If behind Is Nothing And Not here Is Nothing Then
                If IsBehind(cell, here) Then Set behind = cell
            End If
        End If
    Next record
    If behind Is Nothing Then Set behind = first
    If behind Is Nothing Then Exit Function
    Visit behind
    GoToNext = True
End Function

' Nothing where the sheet was renamed or removed since.
Private Function CellAt(ByVal book As Object, ByVal sheetName As String, ByVal address As String) As Object
    Dim sheet As Object
    Set sheet = SheetNamed(book, sheetName)
    If Not sheet Is Nothing Then Set CellAt = sheet.Range(address)
End Function

' The active cell; in LibreOffice without a window the cell that was visited last.
Private Function CurrentCell() As Object
    On Error Resume Next
    Set CurrentCell = ActiveCell
    If CurrentCell Is Nothing And Len(mLastVisited) > 0 Then Set CurrentCell = ActiveFormSheet().Range(mLastVisited)
End Function

Private Sub Visit(ByVal cell As Object)
    mLastVisited = cell.Address(False, False)
    cell.Worksheet.Activate
    cell.Select
End Sub

Private Function IsBehind(ByVal cell As Object, ByVal here As Object) As Boolean
    If here.Worksheet.Name <> cell.Worksheet.Name Then
        IsBehind = True
    ElseIf cell.Row <> here.Row Then
        IsBehind = cell.Row > here.Row
    Else
        IsBehind = cell.Column > here.Column
    End If
End Function

' ---- protection -----------------------------------------------------------------------------------------

' Unprotects a sheet without a password. A sheet with one stays protected, and marking it fails with a message.
Private Sub LiftProtection(ByVal sheet As Object)
    mWasProtected = sheet.ProtectContents
    If Not mWasProtected Then Exit Sub
    RememberAllowed sheet
    sheet.Unprotect
End Sub

Private Sub RememberAllowed(ByVal sheet As Object)
    Dim index As Long
    For index = 0 To MOST_ALLOWED
        mAllowed(index) = False
    Next index
    On Error Resume Next
    mDrawings = sheet.ProtectDrawingObjects
    mScenarios = sheet.ProtectScenarios
    mAllowed(0) = sheet.Protection.AllowFormattingCells
    mAllowed(1) = sheet.Protection.AllowFormattingColumns
    mAllowed(2) = sheet.Protection.AllowFormattingRows
    mAllowed(3) = sheet.Protection.AllowInsertingColumns
    mAllowed(4) = sheet.Protection.AllowInsertingRows
    mAllowed(5) = sheet.Protection.AllowInsertingHyperlinks
    mAllowed(6) = sheet.Protection.AllowDeletingColumns
    mAllowed(7) = sheet.Protection.AllowDeletingRows
    mAllowed(8) = sheet.Protection.AllowSorting
    mAllowed(9) = sheet.Protection.AllowFiltering
    mAllowed(10) = sheet.Protection.AllowUsingPivotTables
End Sub

' Protects the sheet as it was. LibreOffice knows only the first five arguments, and keeps the rest as it was.
Private Sub RestoreProtection(ByVal sheet As Object)
    If Not mWasProtected Then Exit Sub
    mWasProtected = False
    On Error Resume Next
    sheet.Protect "", mDrawings, True, mScenarios, False, mAllowed(0), mAllowed(1), mAllowed(2), mAllowed(3), mAllowed(4), _
        mAllowed(5), mAllowed(6), mAllowed(7), mAllowed(8), mAllowed(9), mAllowed(10)
    On Error GoTo 0
    If Not sheet.ProtectContents Then sheet.Protect
End Sub
