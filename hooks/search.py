"""Takes Korean particles off the words, in the search index and in the query alike.

The search knows no Korean: it would look for 판별자에게 and miss 판별자는. Its tokenizer splits at
a separator, so the particle at the end of a word is made part of the separator. Which particle
may follow depends on whether the syllable before it ends in a consonant; asking for that keeps
most nouns whole that merely look like they end in a particle (전문가, 플레이). `KEEP` has the
rest. What is left of a word has at least two letters.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

AFTER_VOWEL = "가|는|를|와|라는|라고|나|란"
AFTER_CONSONANT = "이|은|을|과|이라는|이라고|이나|이란|으로|으로부터|으로써"
AFTER_ANY = (
    "의|에|도|만|로|로부터|로써|에서|에서는|에서의|에게|에게서|까지|부터|처럼|보다|마다|조차|"
    "이다|이며|하고|하는|하며|하지|한다|하다|하면|했다|합니다|된다|되는|되며|됐다|되지|시킨다|시키는"
)

# Nouns that end in what looks like a particle.
KEEP = """
정확도 해상도 난이도 자유도 복잡도 유사도 선명도 재현도 완성도 신뢰도 민감도 충실도 중요도
만족도 선호도 가능도 학습속도 확률밀도 고양이 호랑이 어린이 되풀이 민주주의 재정의 매크로
마이크로 그대로 스스로
"""

# Every syllable without a final consonant: 가, 개, 갸, ... 히.
VOWEL = "".join(chr(code) for code in range(ord("가"), ord("힣") + 1, 28))


def separator() -> str:
    """Return the regular expression at which the search splits text.

    It means the same to Python and to JavaScript, where the search runs.
    """
    kept = "".join(f"(?!(?<={word[:-1]}){word[-1]}(?![가-힣]))" for word in KEEP.split())
    particle = (
        f"(?<=[가-힣A-Za-z0-9]{{2}}){kept}"
        f"(?:(?<=[{VOWEL}A-Za-z0-9])(?:{AFTER_VOWEL})"
        f"|(?<![{VOWEL}])(?:{AFTER_CONSONANT})|{AFTER_ANY})(?![가-힣])"
    )
    return rf"""[\s\-,:;!=\[\]()"'`/.?·“”‘’「」]+|(?!\b)(?=[A-Z][a-z])|{particle}"""


def on_config(config: "MkDocsConfig", **_: Any) -> None:
    """Give the search plugin the separator before it makes its index."""
    plugin: Any = config.plugins["material/search"]
    plugin.config.separator = separator()
    plugin.search_index.config["separator"] = separator()
