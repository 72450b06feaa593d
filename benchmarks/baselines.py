"""What a model must beat: the commonest answer, length alone, and a list of cue words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analyzer.reflection.reflection import LABELS
from models.reflection.train import Training, fit_ordinal

CUES = {
    "slogan": "伟大 初心 使命 忠诚 政治站位 大局 时代 事业 旗帜 精神 奋进 高举 凝聚 征程 担当 本色".split(),
    "restate": "讲话 会议 文件 通知 要求 指出 强调 学习了 提出 规定 精神 传达".split(),
    "experience": "那天 那次 有一次 去年 上个月 记得 当时 那年 我去 我在 晚上 我问".split(),
    "feeling": "难受 惭愧 脸红 心里 愧疚 感动 害怕 难过 不是滋味 震动 后悔 委屈".split(),
    "shortcoming": "不足 差距 问题 不够 没有 缺点 不深 不实 欠缺 薄弱 错 毛病".split(),
    "cause": "因为 原因 根源 由于 归根结底 究其 所以 在于 说到底 怕 图省事".split(),
    "insight": "明白 认识到 意识到 懂得 体会到 原来 才知道 想通 发现 深刻认识 反思 剖析".split(),
    "plan": "从现在起 每周 每月 每天 之前 以内 台账 清单 检查 负责 下个月 今后每 一次".split(),
    "pledge": "我将 一定 努力 决心 今后 坚决 争做 更加 进一步 贡献力量 严格要求 不断".split(),
    "fact": "我们单位 负责 共有 辖区 工作 人 年 平方公里 成立 主要".split(),
}
"""Written down once by hand, before any figure was seen; what such a list does is what is shown."""
REFLECTIVE = ("shortcoming", "cause", "insight", "plan", "experience")


def sentence_baselines(t: Training) -> dict[str, np.ndarray]:
    """By name (rows,) index into LABELS, each campaign judged from the others alone."""
    from sklearn.linear_model import LogisticRegression

    texts = row_texts(t)
    hits = np.array([[sum(text.count(cue) for cue in CUES[label]) for label in LABELS] for text in texts])
    length = np.log([[max(1, len(text))] for text in texts])
    length = np.hstack([length, length**2])
    said = {name: np.zeros(len(texts), int) for name in ("commonest label", "length alone", "cue words")}
    for campaign in np.unique(t.row_campaign):
        here = t.row_campaign == campaign
        seen = ~here & (t.label >= 0)
        commonest = np.bincount(t.label[seen]).argmax()
        said["commonest label"][here] = commonest
        said["length alone"][here] = LogisticRegression(max_iter=300).fit(length[seen], t.label[seen]).predict(length[here])
        said["cue words"][here] = np.where(hits[here].any(axis=1), hits[here].argmax(axis=1), commonest)
    return said


def level_baselines(t: Training) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """By name the (essays,) levels and scores, each campaign judged from the others alone."""
    characters = np.array([len(essay.text) for essay in t.essays])
    cues = np.array([[sum(essay.text.count(cue) for cue in CUES[label]) for label in REFLECTIVE] for essay in t.essays])
    inputs = {
        "length alone": np.log(characters)[:, None],
        "cue words": 100 * cues / characters[:, None],
    }
    rated = t.levels > 0
    found = {"commonest level": (np.zeros(len(t.essays), int), np.zeros(len(t.essays)))}
    found |= {name: (np.zeros(len(t.essays), int), np.zeros(len(t.essays))) for name in inputs}
    for campaign in np.unique(t.campaign):
        here, seen = t.campaign == campaign, rated & (t.campaign != campaign)
        found["commonest level"][0][here] = np.bincount(t.levels[seen]).argmax()
        for name, features in inputs.items():
            model = fit_ordinal(features[seen], t.levels[seen] - 1)
            found[name][0][here] = model.grade(features[here]) + 1
            found[name][1][here] = 100 * model.above(features[here]).mean(axis=1)
    return found


def row_texts(t: Training) -> list[str]:
    from analyzer.text.segment import split_sentences

    return [s.text for essay in t.essays for s in split_sentences(essay)]


def reader_levels(essays: pd.DataFrame) -> np.ndarray:
    """(essays, readers)"""
    return essays[[c for c in essays.columns if c.startswith("reader_")]].to_numpy(int)
