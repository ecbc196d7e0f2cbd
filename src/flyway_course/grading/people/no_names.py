"""Words in names of files and folders that are nobody's name: copies, versions, general folders."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from flyway_course.grading.assignments import short_name

GAP = r"[\s_.–—-]"  # what people and programs put between words
NUMBER = rf"(?:{GAP}*\(?\d{{1,3}}\)?)?"
COPY = r"copy|kopie|copie|copia|cópia|kopia|kópia|kopya|копия|көшірме|хуулбар|bản sao|checkpoint"
COPY_WITHOUT_GAP = r"コピー|副本|複製|复制|拷贝|복사본|사본"
LAST = (
    r"final(?: version)?|draft|corrected|revised|v\d{1,2}|최종본?|수정본?|완성|最終版?|修正版?|完成|最终版?|修改版?"
    r"|финал|финальная версия|исправлено|эцсийн"
)
CONFLICT = (  # what OneDrive, Dropbox, Syncthing and others call the second of two versions
    rf"(?:^|{GAP}+)(?-i:DESKTOP|LAPTOP)-(?-i:[0-9A-Z]{{3,15}})"
    rf"|{GAP}*\([^()]{{0,60}}conflicted copy[^()]{{0,60}}\)|{GAP}*\[conflict{NUMBER}\]"
    rf"|(?:^|{GAP}+)(?:sync-conflict-\d{{8}}-\d{{6}}-\w{{7}}|nbconvert)"
)
# one copy mark at a time, and few of them: a name of a thousand marks must not stop the collection
COPY_AFTER = re.compile(
    rf"(?:{GAP}*\(\d{{1,4}}\)|(?:^|{GAP}+)(?:{COPY}){NUMBER}"
    rf"|{GAP}*(?:の|的|의)?{GAP}*(?:{COPY_WITHOUT_GAP}){NUMBER}"
    rf"|{GAP}+(?:{LAST}){NUMBER}|{GAP}*\((?:{LAST})\)|{CONFLICT})$",
    re.IGNORECASE,
)
COPY_BEFORE = re.compile(
    rf"^(?:{COPY}){NUMBER}(?:{GAP}+(?-i:of|von|de|da|do|di|af|av|van|của))?(?:{GAP}+|$)",
    re.IGNORECASE,
)
MOST_COPIES = 8
LONG_GAP = re.compile(
    rf"({GAP}){GAP}{{2,}}"
)  # searched in again and again, it would cost much time
ENDS = " \t\r\n_.–—-「」『』“”«»《》"

GENERAL = """
workspace | workspaces | exercise | exercises | work | works | home | jovyan | root | users
download | downloads | desktop | telegram desktop | document | documents | new folder | folder
untitled folder | submission | submissions | submitted | inbound | inbox | outbox | notebook
notebooks | src | source | content | drive | my drive | google drive | onedrive | dropbox | tmp
temp | mail | email | attachment | attachments | submission attachment s | archive | archives | zip | all | files | file
file responses | responses | submitted files | student work | students | trainees
participants | hand in | handin | handed in | homework | hw | assignment | assignments
course | class | counting across borders | moodle | canvas | main | master | autograded | release
final | last | latest | draft | new | old | backup | version | ver | rev | attempt | try | test
done | finished | corrected | fixed | updated | solution | solutions | solved | answer | answers
my work | my answers | my solution | my notebook | untitled | unnamed | no name | copy | copy of
checkpoint | day | week | lesson | module | part | task | days
submit | resubmit | resubmission | resubmissions | late | ipynb | хариу | нова папка
working | kaggle | kaggle working | colab | colab notebooks | google colab | jupyter | jupyterlab | jupyter notebooks
python | python scripts | python files | anaconda | github | git | repo | repos | icloud drive | trash
kakaotalk downloads | 카카오톡 받은 파일 | wechat files | xwechat files | filestorage | msg | whatsapp documents
monday | tuesday | wednesday | thursday | friday | saturday | sunday
작업 | 작업공간 | 작업 공간 | 연습 | 연습문제 | 연습 문제 | 과제 | 숙제 | 제출 | 제출물 | 다운로드 | 바탕화면
바탕 화면 | 문서 | 내 문서 | 새 폴더 | 드라이브 | 내 드라이브 | 노트북 | 제목 없음 | 제목없음 | 최종 | 최종본
수정본 | 완성 | 초안 | 답안
作業 | 演習 | 課題 | 宿題 | 提出 | 提出物 | 提出済み | ダウンロード | デスクトップ | ドキュメント | 書類 | 新しいフォルダー
新しいフォルダ | 新規フォルダ | 新規フォルダー | 名称未設定フォルダ | ドライブ | マイドライブ | ノートブック | 無題 | 名称未設定
最終 | 最終版 | 修正 | 修正版 | 完成 | 下書き | 解答
作业 | 练习 | 練習 | 提交 | 下载 | 下載 | 桌面 | 文档 | 文檔 | 文件 | 我的文档 | 新建文件夹 | 新文件夹 | 新增資料夾
新資料夾 | 未命名文件夹 | 未命名 | 我的云端硬盘 | 我的雲端硬碟 | 云端硬盘 | 雲端硬碟 | 笔记本 | 无标题 | 無標題 | 最终
最终版 | 修改 | 修改版 | 草稿 | 答案
работа | работы | упражнения | упражнение | задание | задания | домашняя работа | домашнее задание
загрузки | рабочий стол | документы | новая папка | диск | мой диск | сдано | ответы | ответ | без имени
без названия | финал | финальный | финальная версия | итог | итоговый | черновик | исправлено | версия
ажил | дасгал | даалгавар | гэрийн даалгавар | татан авалт | татаж авсан | таталт | дэлгэц | баримт бичиг
баримт | баримтууд | шинэ хавтас | миний драйв | драйв | нэргүй | эцсийн | ноорог | хариулт
"""
"""Words and groups of words, in the languages of the course, that stand alone for nobody."""


@cache
def _nobody() -> re.Pattern[str]:
    """Return what matches names made of nothing but general words, counters and dates."""
    phrases = sorted((_plain(p) for p in re.split(r"[|\n]", GENERAL)), key=len, reverse=True)
    listed = "|".join(re.escape(p) for p in phrases if p)
    counters = (
        r"(?:19|20)\d\d|\d{1,2}|v ?\d{1,3}|temp\d{1,2}|untitled\d*|notebook[0-9a-f]{1,12}"
        r"|(?:day|week|version|part|rev|lesson|module|final|draft)\d{1,3}"
        r"|\d{1,3}(?:일차|주차|日目|日|週目|р өдөр|st|nd|rd|th|й день)|день|неделя|өдөр|долоо хоног"
    )
    download = r"drive download(?: [0-9a-z]+)*|wxid [0-9a-z ]+|(?:kakaotalk|doc)(?: (?:wa)?\d+)+"
    # possessive: what was read as one word is not read again in another way
    return re.compile(rf"{download}|(?:(?:{listed}|{counters})(?: |$))++")


def _plain(text: str) -> str:
    """Return the words of a text in small letters, with one space between them."""
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold()))


def says_nobody(text: str) -> bool:
    """Return whether a text has no letters, or only general words and small numbers."""
    plain = _plain(text)
    return not plain or bool(_nobody().fullmatch(plain))


def without_copies(text: str) -> str:
    """Return a name without what browsers, Jupyter and file managers add to copies."""
    text = LONG_GAP.sub(r"\1", text).strip(ENDS)
    for _ in range(MOST_COPIES):
        shorter = COPY_BEFORE.sub("", COPY_AFTER.sub("", text)).strip(ENDS)
        if shorter == text:
            break
        text = shorter
    return text


@cache
def _title(assignment: str) -> re.Pattern[str]:
    """Return what matches an assignment's name, in any of the ways in which it is written."""
    words = [re.escape(word) for word in re.split(rf"{GAP}+", assignment) if word]
    found = [rf"(?<![A-Za-z0-9]){re.escape(short_name(assignment))}(?![A-Za-z0-9])"]
    if len(words) > 1:
        rest = rf"{GAP}{{1,3}}".join(words[1:])
        found = [rf"{GAP}{{0,3}}".join(words), *found]
        found += [rf"(?<![A-Za-z0-9]){rest}(?![A-Za-z])"] if len(words) > 2 else []
    return re.compile("|".join(found), re.IGNORECASE)


def without_title(text: str, assignment: str) -> str:
    """Return a name without the assignment's; as it was where it does not hold the assignment's."""
    around = _title(assignment).split(text)
    return " ".join(part.strip(ENDS) for part in around) if len(around) > 1 else text
