"""Lines that count readers, comments or minutes and say nothing else: with each visit they are others, and the story is the same. Pure."""

from __future__ import annotations

import re

from archive.keys import quiet_text

LONGEST = 80  # characters of such a line

# What is counted, and what says that time has passed: English, German, French, Spanish, Italian, Portuguese, Dutch, Hindi, Russian.
_COUNTED = """
view views viewed read reads reading reader readers comment comments share shares shared like likes dislike dislikes vote votes reply
replies reaction reactions click clicks watching online visitors ago
aufrufe kommentar kommentare leser klicks geteilt lesezeit vor
vue vues commentaire commentaires partage partages lecture il
vista vistas visitas lectura lecturas comentario comentarios compartidos votos hace
visualizzazioni commento commenti condivisioni lettura fa
visualizações comentário comentários compartilhamentos partilhas curtidas leitura há
bekeken gelezen reactie reacties geleden
व्यूज टिप्पणी टिप्पणियां शेयर पहले просмотр просмотра просмотров комментарий комментария комментариев назад
"""
# What may stand beside it.
_BESIDE = """
a an the this are is people now no yet so far total and k m of on in by last updated update published posted modified count number times
s sec secs second seconds min mins minute minutes h hr hrs hour hours day days
mal zuletzt aktualisiert veröffentlicht minuten stunde stunden sekunden tag tage tagen
y de à mis jour temps publié heure heures seconde secondes jours
actualizado publicado tiempo minuto minutos hora horas segundos día días
aggiornato pubblicato tempo di minuti ora ore secondi giorni atualizado dias keer uur dagen
मिनट घंटे घंटा दिन पढ़ें अपडेट प्रकाशित минуты минут часа часов дней обновлено
"""
_COUNTS, _MAY_STAND = frozenset(_COUNTED.split()), frozenset((_COUNTED + _BESIDE).split())
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0900-\u0963])*")  # the marks of Devanagari belong to its words
_DIGIT = re.compile(r"\d")


def only_counts(old: str, new: str) -> bool:
    """Whether two texts differ in nothing but lines such as "1,942 views" and "14 minutes ago"; paragraphs are parted by a blank line."""
    return _uncounted(old) == _uncounted(new)


def _uncounted(text: str) -> list[str]:
    return [quiet for part in text.split("\n\n") if (quiet := quiet_text(part)) and not counts(quiet)]


def counts(line: str) -> bool:
    """Whether a line has a number, a word for what is counted, and nothing else."""
    if len(line) > LONGEST or not _DIGIT.search(line):
        return False
    words = _WORD.findall(line.lower())
    return _MAY_STAND.issuperset(words) and not _COUNTS.isdisjoint(words)
