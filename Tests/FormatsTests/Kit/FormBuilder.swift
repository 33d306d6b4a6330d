@testable import Formats

/// Builds a multipart/form-data body, right in all that a test does not say otherwise:
/// `FormBuilder("xyz").field("name", "foo").file("content", "foo.whl", bytes).bytes`.
struct FormBuilder {
    var boundary: String
    var parts: [[UInt8]] = []
    var preamble: [UInt8] = []
    var end: String

    init(_ boundary: String, end: String? = nil) {
        self.boundary = boundary
        self.end = end ?? "--\(boundary)--\r\n"
    }

    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    var bytes: [UInt8] {
        preamble + parts.flatMap { [UInt8]("--\(boundary)\r\n") + $0 + [13, 10] } + [UInt8](end)
    }

    func field(_ name: String, _ value: String) -> FormBuilder {
        part("Content-Disposition: form-data; name=\"\(name)\"\r\n", [UInt8](value))
    }

    /// - Parameter type: nil leaves it out, as uv does.
    func file(_ name: String, _ filename: String, _ content: [UInt8], type: String? = "application/octet-stream") -> FormBuilder {
        part(
            "Content-Disposition: form-data; name=\"\(name)\"; filename=\"\(filename)\"\r\n"
                + (type.map { "Content-Type: \($0)\r\n" } ?? ""), content)
    }

    /// Any header, its lines ended.
    func part(_ header: String, _ content: [UInt8]) -> FormBuilder {
        var copy = self
        copy.parts.append([UInt8](header) + [13, 10] + content)
        return copy
    }
}
