import Testing

@testable import Formats
@testable import Kit

/// What is packed in a file, handed out in pieces.
@Suite struct ExpansionTests {
    @Test(arguments: [1, 1_000, 65_536, 65_537, 1 << 20]) func `pieces of any size make the same bytes`(count: Int) throws {
        for packed in [CodecTests.text.gzip, CodecTests.text.xz, CodecTests.text.zstd] {
            let expansion = Expansion(Codec.recognise(packed.span), subject: "it", within: Budget())
            var bytes: [UInt8] = []
            while case let piece = try expansion.next(count, of: packed.span), !piece.isEmpty {
                #expect(piece.count <= count)
                bytes += piece
            }
            #expect(bytes == CodecTests.text)
        }
    }

    @Test func `more than the budget allows is refused, and so is what ends too early`() throws {
        let packed = CodecTests.text.gzip
        var budget = Budget()
        budget.expandedBytes = CodecTests.text.count - 1
        for (bytes, budget, cause) in [(packed, budget, Refusal.Cause.limit), (packed.dropLast(9), Budget(), .truncated)]
            as [([UInt8], Budget, Refusal.Cause)]
        {
            let expansion = Expansion(.gzip, subject: "it", within: budget)
            let fault = refusal { () throws(Refusal) in while try !expansion.next(1_000, of: bytes.span).isEmpty {} }
            #expect(fault?.cause == cause)
        }
    }
}
