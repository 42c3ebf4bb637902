"""What the scripts of plugins may rely on: tools, keys and events of the grading screen."""

from playwright.sync_api import expect

#: Run as a plugin's module would be: it knows nothing but `korrigo/api.js`.
PLUGIN = """async (name) => {
  const { keys, on, tools } = await import("korrigo/api.js");
  window.heard = [];
  for (const event of ["copy-shown", "op", "question", "save-state"]) {
    on(event, (detail) => window.heard.push([event, detail]));
  }
  const use = ({ put }) => put(0, { k: "stamp", x: 400, y: 400, t: "★" });
  tools.add({ name, label: "Star", icon: "plus", key: "y", use });
  tools.add({ name, label: "Another of the same name", icon: "plus", use: () => {} });
  keys.add("m", "Taken already", () => window.heard.push(["stolen"]));
}"""


def test_a_plugin_adds_a_tool_with_a_key_and_hears_what_happens(page, live):
    page.expected += ["is taken"]
    page.goto(live.grade_url(live.copies[0]))
    page.wait_for_selector("html[data-ready]", state="attached")
    page.evaluate(PLUGIN, "star")
    expect(page.get_by_role("button", name="Star")).to_have_count(1)
    expect(page.get_by_role("button", name="Another of the same name")).to_have_count(0)
    page.keyboard.press("y")
    expect(page.locator(".annot")).to_have_count(1)
    page.keyboard.press("m")
    expect(page.locator("#total")).not_to_have_text("–")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("n")
    expect(page.locator("#save")).to_have_text("Everything is saved")
    # What came before may be saved already while the next copy is still on its way.
    page.wait_for_function("() => window.heard.some(([event]) => event === 'copy-shown')")
    heard = [event for event, *_detail in page.evaluate("() => window.heard")]
    assert {"op", "question", "copy-shown", "save-state"} <= set(heard)
    assert "stolen" not in heard
