Option Explicit
Option Compare Binary
Option Private Module
' Months, days, quarters and periods, as far as they are written.
'
' A partial date is one number: year, month and day, each counted one up, so that 0 is what was not written. It is
' 0 as a whole when nothing was. A day alone is that day of every month. NEXT_YEAR is added where the date lies in the
' year behind the one the form is about. IMPOSSIBLE is something that looks like a date and cannot be one.

Public Const IMPOSSIBLE As Double = -1
Private Const NONE As Long = -1
Private Const NEXT_YEAR As Double = 0.5
Private Const FIRST_YEAR As Long = 1949
Private Const LAST_YEAR As Long = 2099
Private Const MONTHS_STEP As Double = 10000#
Private Const YEARS_STEP As Double = 100000000#

' ---- partial dates --------------------------------------------------------------------------------------

Public Function PartialDate(ByVal year As Long, Optional ByVal month As Long = NONE, _
    Optional ByVal day As Long = NONE) As Double
    PartialDate = (year + 1) * YEARS_STEP + (month + 1) * MONTHS_STEP + (day + 1)
End Function

' -1 where no year was written; so for month and day.
Public Function YearOf(ByVal when As Double) As Long
    YearOf = Int(when / YEARS_STEP) - 1
End Function

Public Function MonthOf(ByVal when As Double) As Long
    Dim rest As Double
    rest = when - Int(when / YEARS_STEP) * YEARS_STEP
    MonthOf = Int(rest / MONTHS_STEP) - 1
End Function

Public Function DayOf(ByVal when As Double) As Long
    DayOf = Int(when - Int(when / MONTHS_STEP) * MONTHS_STEP) - 1
End Function

' Whether it lies in the year behind the one the form is about.
Public Function IsNextYear(ByVal when As Double) As Boolean
    IsNextYear = when > Int(when)
End Function

' A day of every month.
Public Function IsMonthly(ByVal when As Double) As Boolean
    If when > 0 Then IsMonthly = MonthOf(when) < 0 And DayOf(when) >= 0
End Function

' The earliest day it can mean, as 20240131; year where none is written.
Public Function FirstDay(ByVal when As Double, ByVal year As Long) As Long
    Dim month As Long, day As Long
    If IsNextYear(when) Then year = year + 1
    If YearOf(when) > 0 Then year = YearOf(when)
    month = IIf(MonthOf(when) > 0, MonthOf(when), 1)
    day = IIf(DayOf(when) > 0, DayOf(when), 1)
    FirstDay = year * 10000 + month * 100 + day
End Function

' The latest day it can mean.
Public Function LastDay(ByVal when As Double, ByVal year As Long) As Long
    Dim month As Long, day As Long
    If IsNextYear(when) Then year = year + 1
    If YearOf(when) > 0 Then year = YearOf(when)
    month = IIf(MonthOf(when) > 0, MonthOf(when), 12)
    day = DayOf(when)
    If day <= 0 Then day = DaysOfMonth(year, month)
    LastDay = year * 10000 + month * 100 + day
End Function

' February has 29 days while the year is unknown.
Public Function DaysOfMonth(ByVal year As Long, ByVal month As Long) As Long
    Select Case month
    Case 2
        DaysOfMonth = 28
        If year <= 0 Then year = 2000
        If year Mod 4 = 0 And (year Mod 100 <> 0 Or year Mod 400 = 0) Then DaysOfMonth = 29
    Case 4, 6, 9, 11
        DaysOfMonth = 30
    Case Else
        DaysOfMonth = 31
    End Select
End Function

' ---- dates in a text ------------------------------------------------------------------------------------

' The date or period that begins at that place: first and last date, the operator behind it, where it ends.
Public Function ReadPeriod(ByVal text As String, ByVal at As Long, ByRef first As Double, ByRef last As Double, _
    ByRef sign As String, ByRef finish As Long) As Boolean
    Dim after As String
    sign = ""
    If Not ReadSingle(text, at, first, last, finish) Then Exit Function
    ReadPeriod = True
    TakeSecond text, first, last, finish
    If Not IsPossible(first, last) Then
        first = IMPOSSIBLE
        last = IMPOSSIBLE
        Exit Function
    End If
    after = Words("date after").WordAt(text, finish)
    sign = Words("date after").Meaning(after)
    finish = finish + Len(after)
End Function

' The year's own periods without a figure (end of the year, first half), only where the word is the whole date and
' not the beginning of another word.
Public Function ReadPeriodInWords(ByVal text As String, ByVal at As Long, ByVal afterDeadline As Boolean, _
    ByRef first As Double, ByRef last As Double, ByRef sign As String, ByRef finish As Long) As Boolean
    Dim word As String, months As Variant, after As String
    word = Words("date words").WordAt(text, at)
    If Len(word) = 0 Then Exit Function
    finish = at + Len(word)
    If Not (afterDeadline Or ClosesDate(text, finish)) Then Exit Function
    months = Split(Words("date words").Meaning(word), ",")
    first = PartialDate(NONE, CLng(months(0)))
    last = PartialDate(NONE, CLng(months(1)))
    after = Words("date after").WordAt(text, finish)
    sign = Words("date after").Meaning(after)
    finish = finish + Len(after)
    ReadPeriodInWords = True
End Function

' A date of the year behind the one the form is about: "next year January".
Public Function ReadNextYear(ByVal text As String, ByVal at As Long, ByRef first As Double, ByRef last As Double, _
    ByRef sign As String, ByRef finish As Long) As Boolean
    Dim word As String, part As String, months As Variant, after As String
    word = Words("next year").WordAt(text, at)
    If Len(word) = 0 Then Exit Function
    at = at + Len(word)
    part = Words("parts of year").WordAt(text, at)
    If ReadPeriod(text, at, first, last, sign, finish) Then
        If first = IMPOSSIBLE Then Exit Function
    ElseIf Len(part) > 0 Then
        months = Split(Words("parts of year").Meaning(part), ",")
        first = PartialDate(NONE, CLng(months(0)))
        last = PartialDate(NONE, CLng(months(1)))
        after = Words("date after").WordAt(text, at + Len(part))
        sign = Words("date after").Meaning(after)
        finish = at + Len(part) + Len(after)
    ElseIf Not ReadPeriodInWords(text, at, True, first, last, sign, finish) Then
        Exit Function
    End If
    If YearOf(first) > 0 Or YearOf(last) > 0 Then Exit Function
    first = first + NEXT_YEAR
    last = last + NEXT_YEAR
    ReadNextYear = True
End Function

' The day behind "each month": a day without a month, because it is one of every month.
Public Function ReadDayOfMonth(ByVal text As String, ByVal at As Long, ByRef first As Double, ByRef last As Double, _
    ByRef sign As String, ByRef finish As Long) As Boolean
    Dim day As Long, after As String
    sign = ""
    day = FigureAt(text, at, finish)
    If day = NONE Or Not IsOneOf(CharAt(text, finish), Letters("day") & Letters("number sign")) Then Exit Function
    finish = finish + 1
    If Len(Words("within").WordAt(text, finish)) > 0 Then Exit Function
    ReadDayOfMonth = True
    first = IMPOSSIBLE
    If day >= 1 And day <= 31 Then
        first = PartialDate(NONE, NONE, day)
        after = Words("date after").WordAt(text, finish)
        sign = Words("date after").Meaning(after)
        finish = finish + Len(after)
    End If
    last = first
End Function

Private Function ClosesDate(ByVal text As String, ByVal at As Long) As Boolean
    If at > Len(text) Then
        ClosesDate = True
    Else
        ClosesDate = IsStop(CharAt(text, at)) Or Len(Words("date word followers").WordAt(text, at)) > 0
    End If
End Function

' A whole number of at most four digits, or a Chinese numeral; NONE where there is none.
Private Function FigureAt(ByVal text As String, ByVal at As Long, ByRef finish As Long) As Long
    Dim run As String, value As String, fault As String
    FigureAt = NONE
    finish = at
    Do While IsDigit(CharAt(text, finish))
        finish = finish + 1
    Loop
    If finish > at Then
        If finish - at <= 4 Then FigureAt = CLng(Mid$(text, at, finish - at))
        Exit Function
    End If
    finish = ChineseEnd(text, at)
    If finish = at Then Exit Function
    run = Mid$(text, at, finish - at)
    FigureAt = YearInNumerals(run)
    If FigureAt <> NONE Then Exit Function
    ReadChinese run, value, fault
    If Len(value) > 0 And Len(value) <= 2 Then FigureAt = CLng(value)
End Function

Private Function ReadSingle(ByVal text As String, ByVal at As Long, ByRef first As Double, ByRef last As Double, _
    ByRef finish As Long) As Boolean
    Dim figure As Long, reach As Long
    If CharAt(text, at) = Letters("ordinal") Then
        figure = FigureAt(text, at + 1, reach)
        If figure = NONE Or CharAt(text, reach) = Letters("month") Then Exit Function
        ReadSingle = ReadInYear(text, figure, reach, NONE, first, last, finish)
        Exit Function
    End If
    figure = FigureAt(text, at, reach)
    If figure = NONE Or reach > Len(text) Then Exit Function
    If CharAt(text, reach) = Letters("year") Then
        ReadSingle = ReadFromYear(text, reach + 1, figure, first, last, finish)
    ElseIf IsOneOf(CharAt(text, reach), "/-.") And figure >= FIRST_YEAR And figure <= LAST_YEAR Then
        ReadSingle = ReadFiguresOnly(text, reach, figure, first, last, finish)
    Else
        ReadSingle = ReadInYear(text, figure, reach, NONE, first, last, finish)
    End If
End Function

' What follows the year. Two figures are a year only in front of a month; a smaller one counts years.
Private Function ReadFromYear(ByVal text As String, ByVal at As Long, ByVal figure As Long, ByRef first As Double, _
    ByRef last As Double, ByRef finish As Long) As Boolean
    Dim month As Long, reach As Long, part As String, months As Variant
    month = FigureAt(text, at, reach)
    If figure < 100 Then
        If figure >= 10 And month <> NONE Then
            ReadFromYear = ReadInYear(text, month, reach, 2000 + figure, first, last, finish)
        End If
        Exit Function
    End If
    If figure < FIRST_YEAR Or figure > LAST_YEAR Then Exit Function
    ReadFromYear = True
    If month <> NONE Then
        If ReadInYear(text, month, reach, figure, first, last, finish) Then Exit Function
    End If
    If CharAt(text, at) = Letters("ordinal") Then
        month = FigureAt(text, at + 1, reach)
        If ReadQuarter(text, reach, figure, month, first, last, finish) Then Exit Function
    End If
    If CharAt(text, at) = Letters("degree") Then at = at + 1
    part = Words("parts of year").WordAt(text, at)
    months = Split(Words("parts of year").Meaning(part), ",")
    first = PartialDate(figure)
    last = first
    If Len(part) > 0 Then
        first = PartialDate(figure, CLng(months(0)))
        last = PartialDate(figure, CLng(months(1)))
    End If
    finish = at + Len(part)
End Function

' figure is the month or the quarter that ends at that place, or the first of two joined by a range mark.
Private Function ReadInYear(ByVal text As String, ByVal figure As Long, ByVal at As Long, ByVal year As Long, _
    ByRef first As Double, ByRef last As Double, ByRef finish As Long) As Boolean
    Dim upper As Long, reach As Long, unused As Double
    If CharAt(text, at) = Letters("month") Then
        ReadMonth text, at + 1, year, figure, first, last, finish
        ReadInYear = True
    ElseIf StartsAt(text, Letters("quarter"), at) Then
        ReadInYear = ReadQuarter(text, at, year, figure, first, last, finish)
    ElseIf IsOneOf(CharAt(text, at), Letters("range marks")) Then
        upper = FigureAt(text, at + 1, reach)
        If upper <> NONE And CharAt(text, reach) = Letters("month") Then
            ReadMonth text, reach + 1, year, upper, unused, last, finish
            first = PartialDate(year, figure)
            ReadInYear = True
        ElseIf figure <= 4 Then
            ReadInYear = ReadQuarter(text, reach, year, upper, unused, last, finish)
            If ReadInYear Then first = PartialDate(year, figure * 3 - 2)
        End If
    End If
End Function

Private Sub ReadMonth(ByVal text As String, ByVal at As Long, ByVal year As Long, ByVal month As Long, _
    ByRef first As Double, ByRef last As Double, ByRef finish As Long)
    Dim day As Long, reach As Long
    If CharAt(text, at) = Letters("share") Then at = at + 1
    day = FigureAt(text, at, reach)
    If day <> NONE And IsOneOf(CharAt(text, reach), Letters("day") & Letters("number sign")) Then
        first = PartialDate(year, month, day)
        finish = reach + 1
    Else
        first = PartialDate(year, month)
        finish = at + Len(Words("ends of month").WordAt(text, at))
    End If
    last = first
End Sub

Private Function ReadQuarter(ByVal text As String, ByVal at As Long, ByVal year As Long, ByVal figure As Long, _
    ByRef first As Double, ByRef last As Double, ByRef finish As Long) As Boolean
    If figure < 1 Or figure > 4 Or Not StartsAt(text, Letters("quarter"), at) Then Exit Function
    finish = at + 2
    finish = finish + Len(Words("ends of month").WordAt(text, finish))
    first = PartialDate(year, figure * 3 - 2)
    last = PartialDate(year, figure * 3)
    ReadQuarter = True
End Function

' 2024/1/1, 2024-01-01, 2024.1.1, and 2024/1: the same sign between, nothing behind.
Private Function ReadFiguresOnly(ByVal text As String, ByVal at As Long, ByVal year As Long, ByRef first As Double, _
    ByRef last As Double, ByRef finish As Long) As Boolean
    Dim mark As String, figure As Long, month As Long, day As Long, count As Long, reach As Long
    mark = CharAt(text, at)
    month = NONE
    day = NONE
    reach = at
    Do While count < 2 And CharAt(text, reach) = mark And IsDigit(CharAt(text, reach + 1))
        figure = FigureAt(text, reach + 1, reach)
        If figure = NONE Or figure > 31 Then Exit Function
        If count = 0 Then month = figure Else day = figure
        count = count + 1
    Loop
    If Not (count = 2 Or (count = 1 And mark = "/")) Then Exit Function
    If IsDigit(CharAt(text, reach)) Or CharAt(text, reach) = mark Then Exit Function
    first = PartialDate(year, month, day)
    last = first
    finish = reach
    ReadFiguresOnly = True
End Function

' A second date behind a range mark; it takes the year over from the first where it has none.
Private Sub TakeSecond(ByVal text As String, ByVal first As Double, ByRef last As Double, ByRef finish As Long)
    Dim second As Double, upper As Double, reach As Long, day As Long
    If Not IsOneOf(CharAt(text, finish), Letters("range marks")) Then Exit Sub
    If Not ReadSingle(text, finish + 1, second, upper, reach) Then
        day = FigureAt(text, finish + 1, reach)
        If day = NONE Or DayOf(last) = NONE Or CharAt(text, reach) <> Letters("day") Then Exit Sub
        upper = PartialDate(YearOf(last), MonthOf(last), day)
        reach = reach + 1
    End If
    If YearOf(upper) = NONE And YearOf(first) <> NONE Then
        upper = PartialDate(YearOf(first), MonthOf(upper), DayOf(upper))
    End If
    last = upper
    finish = reach
End Sub

Private Function IsPossible(ByVal first As Double, ByVal last As Double) As Boolean
    Dim year As Long
    If Not (Exists(first) And Exists(last)) Then Exit Function
    If YearOf(first) <> NONE And YearOf(last) <> NONE Then year = YearOf(first)
    IsPossible = FirstDay(first, year) <= LastDay(last, year)
End Function

Private Function Exists(ByVal when As Double) As Boolean
    Dim month As Long, day As Long
    month = MonthOf(when)
    day = DayOf(when)
    If month <> NONE And (month < 1 Or month > 12) Then Exit Function
    Exists = True
    If day <> NONE Then Exists = day >= 1 And day <= DaysOfMonth(YearOf(when), IIf(month > 0, month, 1))
End Function
