import Testing

@testable import Formats

@Suite struct RPMGroupTests {
    @Test(arguments: [
        ("1.0-3.el9", "el9"), ("2:1.0-3.el9_4", "el9"), ("1.0-1.fc41", "fc41"), ("1.0-1.git20.fc41", "fc41"),
        ("1-1.amzn2023.0.2", "amzn2023"),
        ("1.0-1", nil), ("1.0-el9x", nil), ("1.0-1.rc1", nil),
    ])
    func `the distribution is read out of the release`(version: String, expected: String?) {
        #expect(RPMPlace.distribution(inVersion: version) == expected)
    }

    @Test(arguments: ["-x", "el9/-rf", "el9/--delete", "-"]) func `no part of a group is an option to a tool`(group: String) {
        #expect(throws: Refusal.self) { try RPMPlace.checkGroup(group) }
    }

    @Test(arguments: ["", "el9", "el9-x/a-", "fedora/41"]) func `a dash elsewhere is fine`(group: String) throws {
        try RPMPlace.checkGroup(group)
    }
}
