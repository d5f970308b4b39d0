"""Builds catalog's services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask

from backend.approval import facade as approval
from backend.catalog.domain.jobs import EXPORT, IMPORT, CatalogJobFailure
from backend.catalog.repository.arrangement import ArrangementRepository
from backend.catalog.repository.brand import BrandRepository
from backend.catalog.repository.category import CategoryRepository
from backend.catalog.repository.home import HomeRepository
from backend.catalog.repository.keepsake import FavouriteRepository, ViewedRepository
from backend.catalog.repository.listing import ListingRepository
from backend.catalog.repository.product import ProductRepository
from backend.catalog.repository.search.index import SqlSearchIndex
from backend.catalog.repository.search.log import SearchLogRepository
from backend.catalog.repository.search.searchable import Searchable
from backend.catalog.repository.search.staff_index import SqlStaffIndex
from backend.catalog.repository.search.word import SearchWordRepository
from backend.catalog.repository.tag import TagRepository
from backend.catalog.repository.template import TemplateRepository
from backend.catalog.service.approving.asking import Asking
from backend.catalog.service.approving.category import CreateCategory, DeleteCategory, UpdateCategory
from backend.catalog.service.approving.importing import ImportCatalog
from backend.catalog.service.approving.pricing import Reprice
from backend.catalog.service.approving.product import CreateProduct, GenerateSkus, MoveProducts, UpdateProduct
from backend.catalog.service.approving.product_diff import ProductDiff
from backend.catalog.service.approving.shelf import Delete, OffSale, OnSale, Schedule
from backend.catalog.service.arranging import Arranging
from backend.catalog.service.availability import Availability
from backend.catalog.service.brands import Brands
from backend.catalog.service.bulk import Bulk
from backend.catalog.service.categories import Categories
from backend.catalog.service.combining import Combining
from backend.catalog.service.editing import Editing
from backend.catalog.service.exporting import ExportRunner
from backend.catalog.service.importing.applying import Applying
from backend.catalog.service.importing.checking import SheetCheck
from backend.catalog.service.importing.job import ImportRunner
from backend.catalog.service.importing.naming import SheetNaming
from backend.catalog.service.importing.rehearsing import Rehearsing
from backend.catalog.service.importing.running import CatalogImport
from backend.catalog.service.jobs import CatalogJobs
from backend.catalog.service.naming import Naming
from backend.catalog.service.naming_query import NamingQuery
from backend.catalog.service.query import CatalogQuery
from backend.catalog.service.relisting import Relisting
from backend.catalog.service.searching.finding import Finding
from backend.catalog.service.searching.indexing import Indexing
from backend.catalog.service.searching.looking_up import LookingUp
from backend.catalog.service.searching.offering import Offering
from backend.catalog.service.searching.recording import Recording
from backend.catalog.service.selling import Selling
from backend.catalog.service.shopping.browsing import Browsing
from backend.catalog.service.shopping.keepsakes import Favourites, RecentlyViewed
from backend.catalog.service.shopping.storefront import Storefront
from backend.catalog.service.switching import Switching
from backend.catalog.service.tags import Tags
from backend.catalog.service.templates import Templates
from conf.settings import Settings
from kit.cache.hot import HotCache, fingerprint
from kit.cache.redis import redis_client
from kit.context.wiring import Wired
from kit.job.kind import JobKind
from kit.job.wiring import jobs


@dataclass(frozen=True)
class CatalogServices:
    """One object per capability."""

    asking: Asking
    categories: Categories
    editing: Editing
    combining: Combining
    selling: Selling
    switching: Switching
    bulk: Bulk
    availability: Availability
    importing: CatalogImport
    jobs: CatalogJobs
    import_max_bytes: int
    storefront: Storefront
    relisting: Relisting
    favourites: Favourites
    viewed: RecentlyViewed
    query: CatalogQuery
    looking_up: LookingUp
    brands: Brands
    tags: Tags
    templates: Templates
    naming_query: NamingQuery
    arranging: Arranging
    finding: Finding
    indexing: Indexing
    offering: Offering
    recording: Recording
    search_log: SearchLogRepository


services: Wired[CatalogServices] = Wired("catalog")


def wire(app: Flask, settings: Settings) -> None:
    """Install the services into `app`."""
    categories, products, brands, tags = CategoryRepository(), ProductRepository(), BrandRepository(), TagRepository()
    templates, slots, arrangements = TemplateRepository(), HomeRepository(), ArrangementRepository()
    name = f"catalog:{fingerprint(settings.database.url)}"
    cache = HotCache(redis_client, name=name)
    storefront, log, index = Storefront(cache, Browsing()), SearchLogRepository(), SqlSearchIndex()
    query = CatalogQuery()
    recording = Recording(redis_client, log, name=name)
    finding = Finding(index, storefront, recording)
    machinery, naming = jobs.of(app), SheetNaming(categories, brands, tags)
    importing = CatalogImport(SheetCheck(products), Applying(products, naming, cache), Rehearsing(products, naming))
    for kind, runner in (
        (IMPORT, ImportRunner(importing, machinery.storage)),
        (EXPORT, ExportRunner(products, categories, tags, machinery.storage)),
    ):
        machinery.kinds.register(JobKind(name=kind, runner=runner, failures=CatalogJobFailure))
    tree, editing = Categories(categories, products, cache), Editing(products, categories, Naming(brands, tags), cache)
    selling, bulk = Selling(products, cache), Bulk(products, categories, cache)
    combining, diffs = Combining(products, templates, cache), ProductDiff(categories, brands, tags)
    executors: tuple[approval.Executor, ...] = (
        CreateCategory(categories, tree),
        UpdateCategory(categories, tree),
        DeleteCategory(categories, tree),
        CreateProduct(editing, diffs),
        UpdateProduct(products, editing, diffs),
        GenerateSkus(products, combining),
        MoveProducts(products, categories, bulk),
        OnSale(products, selling, bulk),
        OffSale(products, selling, bulk),
        Schedule(products, selling),
        Delete(products, editing),
        Reprice(products, bulk),
        ImportCatalog(machinery.requesting),
    )
    for executor in executors:
        approval.register(app, executor)
    services.install(
        app,
        CatalogServices(
            asking=Asking(products, categories, editing, bulk),
            categories=tree,
            editing=editing,
            combining=combining,
            selling=selling,
            switching=Switching(products, slots, cache),
            bulk=bulk,
            availability=Availability(products, cache),
            importing=importing,
            jobs=CatalogJobs(machinery.requesting, machinery.query, machinery.storage),
            import_max_bytes=settings.catalog.import_max_bytes,
            storefront=storefront,
            relisting=Relisting(products, cache),
            favourites=Favourites(FavouriteRepository()),
            viewed=RecentlyViewed(ViewedRepository()),
            query=query,
            looking_up=LookingUp(SqlStaffIndex(), query),
            brands=Brands(brands, cache),
            tags=Tags(tags, ListingRepository(), cache),
            templates=Templates(templates, categories),
            naming_query=NamingQuery(),
            arranging=Arranging(slots, arrangements, products, categories, cache),
            finding=finding,
            indexing=Indexing(Searchable(), index),
            offering=Offering(
                SearchWordRepository(),
                arrangements,
                log,
                finding,
                cache,
                keep=timedelta(days=settings.retention.searches_days),
            ),
            recording=recording,
            search_log=log,
        ),
    )
