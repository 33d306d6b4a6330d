import Testing

@testable import Formats

@Suite struct TimestampTests {
    @Test func `days are counted as calendars count them`() {
        func seconds(_ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0) -> Int64? {
            Timestamp(year: year, month: month, day: day, hour: hour, minute: 0, second: 0)?.seconds
        }
        #expect(seconds(1970, 1, 1) == 0)
        #expect(seconds(2000, 2, 29, 12) == 951_825_600)
        #expect(seconds(1, 1, 1) == -62_135_596_800)
        #expect(seconds(0, 1, 1) == -62_167_219_200)
        #expect(seconds(1900, 2, 29) == nil && seconds(2026, 4, 31) == nil && seconds(2026, 13, 1) == nil)
        #expect(
            seconds(2026, 1, 0) == nil && seconds(2026, 1, 1, 24) == nil && seconds(10_000, 1, 1) == nil
                && seconds(-1, 1, 1) == nil)
        var numbers = SeededNumbers(seed: 3)
        for _ in 0..<2_000 {
            let moment = Timestamp(seconds: Int64.random(in: -62_167_219_200...253_402_300_799, using: &numbers))
            let parts = moment.rfc3339.split { !$0.isNumber }.compactMap { Int($0) }
            #expect(
                Timestamp(year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4], second: parts[5])
                    == moment)
        }
    }
}
