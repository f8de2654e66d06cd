"""What an ideal report finds by each rule about pupils' marks, judged on the emulator's own state.

Written from the domain's list of rules and the words of the shipped rulebook, apart from the reports that are tested
against it. One rule is one function from `Records` to what it finds.
"""
