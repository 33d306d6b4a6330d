#if Serve
internal import Formats
internal import Logging

/// Writes each log record as one line of JSON on standard error: nothing that a client sent can begin a line of its own.
struct LineLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    private let clock: Clock

    init(clock: Clock) { self.clock = clock }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var json = JSONWriter()
        json.beginObject()
        json.member("at", clock.now().rfc3339)
        json.member("level", event.level.rawValue)
        json.member("message", "\(event.message)")
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) { json.member(key, "\(value)") }
        json.endObject()
        Console.diagnose(String(decoding: json.bytes, as: UTF8.self))
    }
}
#endif
