use poem::handler;

azure_auth::app! {
    roles: { Writer, Admin },
    policies: { Editor = role(Writer) || role(Admin), Many = role("R0") || role("R1") || role("R2") || role("R3") || role("R4") || role("R5") || role("R6") || role("R7") || role("R8") || role("R9") || role("R10") || role("R11") || role("R12") || role("R13") || role("R14") || role("R15") || role("R16") || role("R17") || role("R18") || role("R19") || role("R20") || role("R21") || role("R22") || role("R23") || role("R24") || role("R25") || role("R26") || role("R27") || role("R28") || role("R29") || role("R30") || role("R31") || role("R32") || role("R33") || role("R34") || role("R35") || role("R36") || role("R37") || role("R38") || role("R39") },
}

#[azure_auth::protect(allow = (Many || Editor) && (Many || user()))]
#[handler]
fn pages() -> &'static str {
    "pages"
}

fn main() {}
