"""How often articles were read, counted without keeping who read them."""

from django.db import models


class ViewCount(models.Model):
    """The total of one article. Beside the page, for saving a page must never write an old total back."""

    article = models.OneToOneField("news.ArticlePage", models.CASCADE, primary_key=True, related_name="view_count")
    total = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.pk}: {self.total}"


class ViewSalt(models.Model):
    """The key of one hour, shared by all processes. It goes with its hour: then nobody can compute a mark again."""

    hour = models.PositiveBigIntegerField(primary_key=True)
    salt = models.BinaryField()

    def __str__(self) -> str:
        return f"hour {self.hour}"


class ViewMark(models.Model):
    """That somebody read an article in this hour; `mark` is the keyed hash of article and reader."""

    hour = models.PositiveBigIntegerField(db_index=True)
    mark = models.BinaryField(max_length=16, unique=True)

    def __str__(self) -> str:
        return f"a mark of hour {self.hour}"
