import Foundation
import Testing

@testable import Formats
@testable import Kit

extension DataValue {
    /// The value as a line of ASCII, as the scripts below write what Python read. Texts are hexadecimal; a date is only named.
    var line: String {
        switch self {
        case .null: "n"
        case .bool(let flag): flag ? "t" : "f"
        case .number(let text): "#" + text
        case .string(let text): "\"" + Hex.string(Array(text.utf8))
        case .date: "d"
        case .array(let elements): "[" + elements.map(\.line).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { Hex.string(Array($0.name.utf8)) + ":" + $0.value.line }.joined(separator: ",") + "}"
        }
    }
}

/// Python's own readers of JSON and TOML as referees: the machine's python3, from 3.11 on.
enum PythonReader: String {
    case json, toml

    static let isThere: Bool = (try? Tool.inFolder { try Tool.run("python3", ["-c", "import json, tomllib"], in: $0) }) != nil

    /// Line by line what Python sees in each text; `!` for one that it refuses, `?` for one that it does not judge as the standard does.
    func lines(for texts: [[UInt8]]) throws -> [String] {
        try Tool.inFolder { folder in
            try folder.put("texts", [UInt8](texts.map { Hex.string($0) + "\n" }.joined()))
            let output = try #require(try Tool.run("python3", ["-c", Self.shared + script, "texts"], in: folder))
            return output.text.split(separator: "\n").map(String.init)
        }
    }

    private static let shared = #"""
        import datetime, json, sys, tomllib
        class Number(str): pass
        class Members(list): pass
        def line(v):
            if v is None: return "n"
            if v is True or v is False: return "t" if v else "f"
            if isinstance(v, Number): return "#" + v
            if isinstance(v, int):
                if not -2**63 <= v < 2**63: raise ValueError("more than 64 bits")
                return "#" + str(v)
            if isinstance(v, str): return '"' + v.encode().hex()
            if isinstance(v, (datetime.date, datetime.time)): return "d"
            if isinstance(v, dict): v = Members(v.items())
            if isinstance(v, Members): return "{" + ",".join(k.encode().hex() + ":" + line(x) for k, x in v) + "}"
            return "[" + ",".join(line(x) for x in v) + "]"
        def each(read):
            for text in open(sys.argv[1]):
                try: text = bytes.fromhex(text).decode().removeprefix("\ufeff")
                except ValueError: print("!"); continue
                try: print(read(text))
                except (ValueError, RecursionError): print("!")

        """#

    private var script: String {
        switch self {
        case .json:
            #"""
            def members(pairs):
                if len({k for k, _ in pairs}) != len(pairs): raise ValueError("a name twice")
                return Members(pairs)
            def no(word): raise ValueError(word)
            each(lambda text: line(json.loads(
                text, object_pairs_hook=members, parse_int=Number, parse_float=Number, parse_constant=no)))
            """#
        case .toml:
            #"""
            def number(word):
                word = word.replace("_", "").lstrip("+").replace("E", "e").replace("e+", "e")
                return Number("nan" if word == "-nan" else word)
            # Python has no leap seconds and no year 0.
            def read(text):
                return "?" if ":60" in text or "0000-" in text else line(tomllib.loads(text, parse_float=number))
            each(read)
            """#
        }
    }
}
