/// The calendar as far as times in versions and zip archives need it.
enum GoCalendar {
    /// Nil for a moment that no calendar has; UTC, proleptic Gregorian.
    static func seconds(
        year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int
    ) -> Int64? {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...12).contains(month), (1...lengths[month - 1]).contains(day), (0...23).contains(hour),
            (0...59).contains(minute),
            (0...59).contains(second), (0...9_999).contains(year)
        else { return nil }
        let before = (0..<400).contains(year) ? year + 400 : year
        let past = before - 1
        var days = past * 365 + past / 4 - past / 100 + past / 400
        days += lengths[..<(month - 1)].reduce(0, +) + day - 1
        // The calendar repeats itself every 400 years of 146,097 days; 719,162 days lie between 0001-01-01 and 1970-01-01.
        if before != year { days -= 146_097 }
        return Int64(days - 719_162) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
    }

    /// `YYYYMMDDhhmmss`.
    static func seconds(_ digits: [UInt8]) -> Int64? {
        guard digits.count == 14, digits.allSatisfy(ASCII.isDigit) else { return nil }
        func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + Int($1 - 48) } }
        return seconds(
            year: number(0..<4), month: number(4..<6), day: number(6..<8), hour: number(8..<10), minute: number(10..<12),
            second: number(12..<14))
    }
}
