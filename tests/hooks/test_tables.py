"""Tables of numbers say once that their numbers stand on the right; other tables stay."""

from markdown import markdown

from hooks.tables import on_page_content


def html(table: str) -> str:
    return on_page_content(markdown(table, extensions=["tables"]))


def test_numbers_on_the_right_are_said_once():
    found = html("| a | b | c |\n| :-- | --: | --: |\n| x | 1 | 2 |\n| y | 3 | 4 |\n")

    assert found.count("data-numbers") == 1
    assert "style" not in found
    assert "<td>4</td>" in found


def test_tables_that_are_aligned_in_another_way_stay():
    for columns in (":-- | :-- | --:", "--: | --: | --:", "--- | --- | ---", ":-- | :-: | --:"):
        table = f"| a | b | c |\n| {columns} |\n| x | 1 | 2 |\n"
        assert html(table) == markdown(table, extensions=["tables"])


def test_each_table_of_a_page_is_looked_at_by_itself():
    numbers = "| a | b |\n| :-- | --: |\n| x | 1 |\n"
    found = html(f"{numbers}\ntext\n\n| a | b |\n| --: | :-- |\n| x | 1 |\n\ntext\n\n{numbers}")

    assert found.count("<table>") == 1
    assert found.count("<table data-numbers>") == 2
    assert found.count("style") == 4
