from hooks import mark


def test_the_committed_drawings_are_those_of_the_script():
    assert (
        mark.PICTURE.read_text(encoding="utf-8") == mark.svg(mark.MARK.split(), mark.COLOURS) + "\n"
    )
    styles = mark.STYLES.read_text(encoding="utf-8")
    assert mark.with_signs(styles) == styles


def test_the_drawings_are_square():
    assert {len(row) for row in mark.MARK.split()} == {16} == {len(mark.MARK.split())}
    for rows in mark.SIGNS.values():
        assert {len(row) for row in rows.split()} == {8} == {len(rows.split())}


def test_every_pixel_is_drawn_once():
    drawn = mark.rectangles(["a.", "ba"], {"a": "#000", "b": "#fff"})
    assert drawn == (
        '<path fill="#000" d="M0 0h1v1h-1zM1 1h1v1h-1z"/><path fill="#fff" d="M0 1h1v1h-1z"/>'
    )
