internal import Formats
internal import Glibc

/// Where "now" comes from: the system, or `SOURCE_DATE_EPOCH` for reproducible runs.
struct Clock: Sendable {
    var now: @Sendable () -> Timestamp

    static func system(environment: [String: String]) -> Clock {
        if let fixed = environment["SOURCE_DATE_EPOCH"].flatMap(Int64.init) {
            return Clock { Timestamp(seconds: fixed) }
        }
        return Clock { Timestamp(seconds: Int64(time(nil))) }
    }
}
