Option Explicit
Option Compare Binary
Option Private Module
' The year of a form, however it is written.

' The year a cell carries, also in Chinese digits; 0 where there is none or more than one.
Public Function YearIn(ByVal content As Variant) As Long
    Dim text As String, at As Long, found As Long
    If VarType(content) = vbDate Then
        YearIn = CLng(Format$(content, "yyyy"))
        Exit Function
    End If
    text = WithPlainDigits(HalfWidth(TextOrNothing(content)))
    For at = 1 To Len(text) - 3
        If IsAllDigits(Mid$(text, at, 4)) And Not IsDigit(CharAt(text, at - 1)) And Not IsDigit(CharAt(text, at + 4)) Then
            found = CLng(Mid$(text, at, 4))
            If found >= 1900 And (found < 2100 Or VarType(content) <> vbString) Then
                If YearIn > 0 And YearIn <> found Then
                    YearIn = 0
                    Exit Function
                End If
                YearIn = found
            End If
        End If
    Next at
End Function

Private Function WithPlainDigits(ByVal text As String) As String
    Dim at As Long, place As Long
    For at = 1 To Len(text)
        place = InStr(1, Letters("year digits"), Mid$(text, at, 1))
        If place > 0 Then
            WithPlainDigits = WithPlainDigits & Mid$("0000123456789", place, 1)
        Else
            WithPlainDigits = WithPlainDigits & Mid$(text, at, 1)
        End If
    Next at
End Function
