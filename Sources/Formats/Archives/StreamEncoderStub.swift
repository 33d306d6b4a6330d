public protocol StreamEncoder: AnyObject { func write(_ bytes: Span<UInt8>, into output: inout [UInt8]); func finish(into output: inout [UInt8]) }
extension Encoding { public func makeEncoder() -> (any StreamEncoder)? { nil } }
